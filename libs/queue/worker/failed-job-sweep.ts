import { Inject, Injectable, Logger } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { Database, RetentionService } from '#libs/database';
import { deadLetters, inbox, operations } from '../outbox/queue.schema.js';
import { MessageConsumer } from './message-consumer.js';
import { describeError } from '#libs/observability';
import type { JobQueue } from '../bullmq/queues.js';

/** Milliseconds. */
const every = 60_000;

/** Milliseconds that BullMQ keeps what failed and stands in dead_letters as well. */
const keepFailedMs = 60_000;

/** Jobs of one queue in one round. */
const failedBatch = 100;

/** Any number, the same in every worker ("jobs" in ASCII): one worker at a time keeps house. */
const lockKey = 0x6a6f6273;

/**
 * Thirty days: longer than a job may wait and be tried again. Forgetting a message in the inbox earlier would
 * let a late delivery of it do its work a second time.
 */
const kept = sql`now() - interval '30 days'`;

/** Removes from the queues what failed, and buries what failed unseen. Rows that expire are left to the sweep of expiry.ts. */
@Injectable()
export class FailedJobSweep {
  readonly #log = new Logger('Jobs');
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();

  constructor(
    @Inject(Database) private readonly db: Database,
    private readonly consumer: MessageConsumer,
    retention: RetentionService,
  ) {
    retention.addRule(inbox, inbox.messageId, lt(inbox.processedAt, kept));
    retention.addRule(operations, operations.id, lt(operations.finishedAt, kept));
    retention.addRule(deadLetters, deadLetters.id, lt(deadLetters.diedAt, kept));
  }

  start(queues: JobQueue[]): void {
    this.#timer = setInterval(() => {
      this.#round = this.keep(queues).catch((error: unknown) => {
        this.#log.warn(`FailedJobSweep failed and is tried again in a minute: ${describeError(error)}`);
      });
    }, every);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
  }

  /** One round. Does nothing while another worker is at it. */
  async keep(queues: JobQueue[]): Promise<void> {
    if (!(await this.#takeTurn())) return;
    for (const queue of queues) await this.#removeFailed(queue);
  }

  /** False when another worker keeps house at this moment. Not a lock for the whole round: two at once do no harm. */
  async #takeTurn(): Promise<boolean> {
    return this.db.transaction(async () => {
      const { rows } = await this.db.conn.execute<{ held: boolean }>(
        sql`select pg_try_advisory_xact_lock(${lockKey}) as held`,
      );
      return rows[0]?.held ?? false;
    });
  }

  /** dead_letters is the record; without BullMQ's own, an operator can send the same message again. */
  async #removeFailed(queue: JobQueue): Promise<void> {
    for (const job of await queue.getFailed(0, failedBatch - 1)) {
      if (!job?.finishedOn || job.finishedOn > Date.now() - keepFailedMs) continue;
      await this.consumer.moveToDeadLetters(job);
      await job.remove();
    }
  }
}
