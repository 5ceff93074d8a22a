import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { and, asc, inArray, isNull, lte, sql } from 'drizzle-orm';
import { Config } from '#libs/config';
import { createPool, Database } from '#libs/database';
import { outbox } from '../jobs.schema.js';
import type { JobQueue } from '../running/queues.js';
import { describe } from '../running/failure.js';
import { WorkerHeartbeat } from '../running/heartbeat.js';
import { isNotPaused } from '../operators/queue-controls.js';
import { Admissions } from './admissions.js';
import { Bell } from './bell.js';
import { HandOver } from './hand-over.js';
import { listenForOutbox } from './outbox-listener.js';

/** Rows of one transaction: BullMQ takes batches of this size ten times faster than single jobs, and more gains little. */
const batchSize = 500;

/** Milliseconds between two looks when no notification comes: the shortest after work, the longest when idle. */
const shortestPoll = 250;
const longestPoll = 1000;

/** Milliseconds to wait after a round that failed. */
const afterFailure = 1000;

/**
 * Moves promises from the outbox to the queues. A row is deleted in the transaction that hands it over, so a
 * crash in between delivers it twice and never loses it. Any number of relays share the work (SKIP LOCKED).
 */
@Injectable()
export class OutboxRelay {
  readonly #log = new Logger('Jobs');
  readonly #stopping = new AbortController();
  readonly #bell = new Bell();
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: Config,
    private readonly handOver: HandOver,
    private readonly admissions: Admissions,
    private readonly heartbeat: WorkerHeartbeat,
  ) {}

  start(queues: JobQueue[]): void {
    // One connection to work on, one to listen on, and none shared with BullMQ: two pools that wait for each
    // other would be a deadlock that Postgres cannot see.
    const pool = createPool(this.config.DATABASE_URL, { role: 'worker', max: 2 });
    const byName = new Map(queues.map((queue) => [queue.name, queue]));
    this.#running = this.#run(pool, byName, this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#bell.ring();
    await this.#running;
  }

  async #run(pool: Database['pool'], queues: Map<string, JobQueue>, signal: AbortSignal): Promise<void> {
    try {
      await Promise.all([
        this.#relay(new Database(pool), queues, signal),
        listenForOutbox(pool, () => this.#bell.ring(), signal),
      ]);
    } finally {
      await pool.end();
    }
  }

  async #relay(db: Database, queues: Map<string, JobQueue>, signal: AbortSignal): Promise<void> {
    let waitMs = shortestPoll;
    while (!signal.aborted) {
      try {
        await this.admissions.admit(db);
        const moved = await this.#moveBatch(db, queues);
        this.heartbeat.beat('relay');
        waitMs = moved > 0 ? shortestPoll : Math.min(waitMs * 2, longestPoll);
        if (moved < batchSize) await this.#bell.wait(waitMs);
      } catch (error) {
        this.#log.warn(`The relay failed and tries again in a second: ${describe(error)}`);
        await sleep(afterFailure, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** Rows of queues that this release does not know stay for a worker that does. */
  #moveBatch(db: Database, queues: Map<string, JobQueue>): Promise<number> {
    return db.transaction(async () => {
      // Postgres never inlines a CTE that locks rows, so the LIMIT holds.
      const batch = db.conn.$with('batch').as(
        db.conn
          .select({ id: outbox.id })
          .from(outbox)
          .where(
            and(
              isNull(outbox.waitsForOwner),
              lte(outbox.availableAt, sql`now()`),
              inArray(outbox.queue, [...queues.keys()]),
              isNotPaused(outbox.queue),
            ),
          )
          .orderBy(asc(outbox.availableAt), asc(outbox.id))
          .limit(batchSize)
          .for('update', { skipLocked: true }),
      );
      const isInBatch = inArray(outbox.id, db.conn.select({ id: batch.id }).from(batch));
      const rows = await db.conn.with(batch).delete(outbox).where(isInBatch).returning();
      const byQueue = Map.groupBy(rows, ({ queue }) => queue);
      for (const [name, messages] of byQueue) await this.handOver.give(db, queues.get(name)!, messages);
      return rows.length;
    });
  }
}
