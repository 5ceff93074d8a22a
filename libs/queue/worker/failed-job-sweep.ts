import { Injectable } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { advisoryLocks, Database, RetentionService } from '#libs/database';
import { PeriodicTask } from '#libs/lifecycle';
import { type JobQueue, JobQueues } from '../bullmq/job-queue.js';
import { deadLetters, inbox, operations } from '../queue.schema.js';
import { MessageConsumer } from './message-consumer.js';

/** Milliseconds between two rounds. */
const every = 60_000;

/** Milliseconds that BullMQ keeps a failed job, of which there is a dead letter as well. */
const keepFailedMs = 60_000;

/** Jobs of one queue in one round. */
const batchSize = 100;

/**
 * Thirty days: longer than a job may wait and be tried again. Forgetting a message in the inbox earlier would
 * let a late delivery of it do its work a second time.
 */
const kept = sql`now() - interval '30 days'`;

/** Removes failed jobs from the queues, and makes dead letters of those whose failure no worker saw. */
@Injectable()
export class FailedJobSweep {
  readonly #task = new PeriodicTask(FailedJobSweep.name, async () => {
    await this.sweep();
    return every;
  });

  constructor(
    private readonly db: Database,
    private readonly consumer: MessageConsumer,
    private readonly queues: JobQueues,
    retention: RetentionService,
  ) {
    retention.addRule(inbox, inbox.messageId, lt(inbox.processedAt, kept));
    retention.addRule(operations, operations.id, lt(operations.finishedAt, kept));
    retention.addRule(deadLetters, deadLetters.id, lt(deadLetters.diedAt, kept));
  }

  start(): void {
    this.#task.start();
  }

  stop(): Promise<void> {
    return this.#task.stop();
  }

  /** One round. Does nothing while another worker begins one. */
  async sweep(): Promise<void> {
    if (!(await this.#isAlone())) return;
    for (const queue of this.queues.all) await this.#removeFailed(queue);
  }

  /** Not a lock for the whole round: two rounds at once do no harm. */
  async #isAlone(): Promise<boolean> {
    return this.db.transaction(async () => {
      const { rows } = await this.db.conn.execute<{ held: boolean }>(
        sql`select pg_try_advisory_xact_lock(${advisoryLocks.failedJobSweep}) as held`,
      );
      return rows[0]?.held ?? false;
    });
  }

  /** The dead letter is the record. An operator can redrive the same message because BullMQ has its own no longer. */
  async #removeFailed(queue: JobQueue): Promise<void> {
    for (const job of await queue.getFailed(0, batchSize - 1)) {
      if (!job?.finishedOn || job.finishedOn > Date.now() - keepFailedMs) continue;
      await this.consumer.moveToDeadLetters(job);
      await job.remove();
    }
  }
}
