import { Injectable, Logger } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { PeriodicTask } from '#libs/lifecycle';
import { JobQueues } from '../bullmq/job-queue.js';
import { requeue } from '../outbox/dispatched-messages.js';
import { dispatchedMessages } from '../queue.schema.js';

/** Milliseconds between two rounds. */
const every = 2500;

/**
 * Seconds for which a message counts as being with its queue. Most messages are done sooner and are never asked for; and it is more than
 * the relay gives a queue to answer. With the time between two rounds it is what a relay that dies with messages in its hands costs
 * them: less than the 15 s in which the backlog of a database that was away is gone.
 */
const askAfterSeconds = 8;

/** Messages of one round: 40 a second are asked for at most while nothing is lost, and rounds follow each other while some are. */
const batchSize = 100;

/**
 * Finds dispatched messages that their queue does not have – a Redis that was flushed, or restarted without the last second of its log;
 * a relay that was killed before the queue had them – and dispatches them again.
 */
@Injectable()
export class LostMessageRecovery {
  readonly #log = new Logger(LostMessageRecovery.name);
  readonly #task = new PeriodicTask(LostMessageRecovery.name, async () =>
    (await this.#recover()) > 0 ? 0 : every,
  );

  constructor(
    private readonly db: Database,
    private readonly queues: JobQueues,
  ) {}

  start(): void {
    this.#task.start();
  }

  stop(): Promise<void> {
    return this.#task.stop();
  }

  /** Asks for those that were not seen for the longest time. Resolves to the number of those that were lost. */
  async #recover(): Promise<number> {
    const { rows } = await this.db.conn.execute<{ id: string; queue: string }>(sql`
      update ${dispatchedMessages} set seen_at = now()
      where id in (
        select id from ${dispatchedMessages}
        where seen_at < now() - make_interval(secs => ${askAfterSeconds})
          and queue = any(${sql.param(this.queues.names)}::text[])
        order by seen_at limit ${batchSize} for update skip locked
      )
      returning id, queue`);
    const areLost = await Promise.all(rows.map((row) => this.#isLost(row)));
    const ids = rows.filter((_, index) => areLost[index]).map(({ id }) => id);
    if (ids.length === 0) return 0;
    const lost = await requeue(this.db, ids);
    if (lost > 0) this.#log.warn(`${lost} messages were lost by their queue and are dispatched again.`);
    return lost;
  }

  /** A job that failed is still in its queue, until FailedJobSweep has made a dead letter of it. */
  async #isLost({ id, queue }: { id: string; queue: string }): Promise<boolean> {
    return (await this.queues.get(queue).getJob(id)) === undefined;
  }
}
