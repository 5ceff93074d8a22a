import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { Config } from '#libs/config';
import { Database } from '#libs/database';
import { findJob, JobReader, operations } from '#libs/queue';
import { traceOf } from '#libs/observability';
import { redact } from '../dead-letters/redaction.js';
import { JobNotFound } from '../operations/jobs.contract.js';
import { QueuesService } from '../queues/queues.service.js';
import type { JobInspection } from './listing.contract.js';
import { itemOf } from './listing.service.js';
import { whyWaiting } from './why-waiting.js';

/** Shows an operator one job, wherever it is. */
@Injectable()
export class InspectionsService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobReader,
    private readonly queues: QueuesService,
    private readonly config: Config,
  ) {}

  /** Secrets in the payload are hidden. Throws {@link JobNotFound}. */
  async inspect(id: string): Promise<JobInspection> {
    const [row, place, [operation]] = await Promise.all([
      this.jobs.find(id),
      this.jobs.findPlace(id),
      this.db.conn
        .select({ cancelRequestedAt: operations.cancelRequestedAt })
        .from(operations)
        .where(eq(operations.id, id)),
    ]);
    if (!row) throw new JobNotFound();
    const definition = findJob(row.name);
    const item = itemOf(row);
    const isWaiting = row.state === 'queued' || row.state === 'dispatched';
    const queueName = place?.queue ?? item.queue;
    const queue =
      isWaiting && queueName ? (await this.queues.list()).find(({ name }) => name === queueName) : undefined;
    return {
      ...item,
      queue: queueName,
      max_attempts: definition?.attempts ?? null,
      timeout_seconds: definition ? Math.round(definition.timeoutMs / 1000) : null,
      cancel_requested_at: operation?.cancelRequestedAt ?? null,
      request_id: place?.headers.request_id ?? null,
      ...traceOf(place?.headers.traceparent, this.config.TRACE_URL),
      payload: place ? redact(place.payload) : null,
      waiting: isWaiting
        ? whyWaiting({ row, place, queue, limit: definition?.maxRunningPerOwner, now: new Date() })
        : null,
    };
  }
}
