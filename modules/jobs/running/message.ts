import type { JobHeaders } from '../jobs.service.js';

/** What BullMQ stores as the data of a job. */
export interface Envelope {
  version: number;
  headers: JobHeaders;
  payload: unknown;
}

/** A delivery of a promised job: the id is the same in each. */
export interface Message extends Envelope {
  id: string;
  queue: string;
  name: string;
  /** Failed runs so far. */
  attempts: number;
}
