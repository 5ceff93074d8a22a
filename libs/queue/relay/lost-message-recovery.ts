import { Inject, Injectable, Logger } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { dispatchedMessages } from '../outbox/queue.schema.js';
import { describeError } from '#libs/observability';
import type { JobQueue } from '../bullmq/queues.js';
import { requeue } from '../outbox/dispatched-messages.js';

/** Milliseconds between two looks. */
const every = 2500;

/**
 * Seconds. Most messages are done sooner and are never asked for; and more than the relay gives a queue to answer. With the
 * time between two looks it is what a relay that dies with messages in its hands costs them: less than the 15 s in
 * which the backlog of a database that was away is gone.
 */
const doubtAfterSeconds = 8;

/** Messages of one look: 40 a second are asked for at most while nothing is lost, and looks follow each other while some are. */
const atOnce = 100;

/**
 * Finds messages that were handed over and that their queue no longer has – a Redis that was flushed, or restarted
 * without the last second of its log; a relay that was killed before the queue had them – and hands them over again.
 */
@Injectable()
export class LostMessageRecovery {
  readonly #log = new Logger('Jobs');
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();

  constructor(@Inject(Database) private readonly db: Database) {}

  start(queues: JobQueue[]): void {
    const byName = new Map(queues.map((queue) => [queue.name, queue]));
    const next = () => {
      this.#round = this.#findAll(byName).then(() => {
        if (!this.#stopping.signal.aborted) this.#timer = setTimeout(next, every);
      });
    };
    next();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#round;
  }

  async #findAll(queues: Map<string, JobQueue>): Promise<void> {
    try {
      for (let lost = 1; lost > 0 && !this.#stopping.signal.aborted;) lost = await this.#find(queues);
    } catch (error) {
      this.#log.warn(`Lost messages cannot be looked for at the moment: ${describeError(error)}`);
    }
  }

  /** One look at those that were not seen for the longest time. Resolves to the number of those that were lost. */
  async #find(queues: Map<string, JobQueue>): Promise<number> {
    const { rows } = await this.db.conn.execute<{ id: string; queue: string }>(sql`
      update ${dispatchedMessages} set seen_at = now()
      where id in (
        select id from ${dispatchedMessages}
        where seen_at < now() - make_interval(secs => ${doubtAfterSeconds})
          and queue = any(${sql.param([...queues.keys()])}::text[])
        order by seen_at limit ${atOnce} for update skip locked
      )
      returning id, queue`);
    const looks = await Promise.all(rows.map(({ id, queue }) => isLost(queues.get(queue)!, id)));
    const ids = rows.filter((_, index) => looks[index]).map(({ id }) => id);
    if (ids.length === 0) return 0;
    const lost = await requeue(this.db, ids);
    if (lost > 0) this.#log.warn(`${lost} messages were lost by their queue and are handed over again.`);
    return lost;
  }
}

/** A failed one is kept for its burial. */
async function isLost(queue: JobQueue, id: string): Promise<boolean> {
  return (await queue.getJob(id)) === undefined;
}
