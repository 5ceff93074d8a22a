import type { JobHeaders } from './jobs.service.js';

/** What BullMQ stores as the data of a job. */
export interface MessageData {
  version: number;
  headers: JobHeaders;
  payload: unknown;
}

/** A delivery of a promised job: the id is the same in each. */
export interface Message extends MessageData {
  id: string;
  /** The id of the first message of the work: of its operation, and of {@link JobRun}. Only a redrive makes it another than `id`. */
  originId: string;
  queue: string;
  name: string;
  /** Failed runs so far. */
  attempts: number;
}

export function originOf(id: string, { redriven_from: first }: Pick<JobHeaders, 'redriven_from'>): string {
  return first ?? id;
}
