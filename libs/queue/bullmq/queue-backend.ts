import type { IQueueBackend, QueueBaseOptions } from 'bullmq';

/** What differs between Postgres and Redis; queues and workers are built of it, and the rest of the code sees only those. */
export interface QueueBackend {
  /** One try to reach it; rejects while it cannot be used, with {@link BackendUnfit} when waiting does not help. */
  check(): Promise<void>;
  make(
    name: string,
    options: QueueBaseOptions<never>,
    more?: { withBlockingConnection?: boolean },
  ): IQueueBackend;
  close(): Promise<void>;
}

/** It answers, and is set up so that it would lose jobs. */
export class BackendUnfit extends Error {
  override readonly name = 'BackendUnfit';
}
