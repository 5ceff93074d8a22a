import type { BackendFactory, IQueueBackend } from 'bullmq';

/**
 * A backend holds all that differs between Postgres and Redis. Everything else sees queues, workers and their
 * {@link QueueConnection}.
 */
export interface QueueBackend {
  /** Tries once to reach the server. Rejects while it cannot be used, and with {@link BackendUnfit} when waiting does not help. */
  check(): Promise<void>;
  /** BullMQ's backend of one queue or worker, on a connection that begins at once. */
  create: BackendFactory<IQueueBackend, never>;
  close(): Promise<void>;
}

/** The server answers, and is set up so that it would lose jobs. */
export class BackendUnfit extends Error {
  override readonly name = 'BackendUnfit';
}
