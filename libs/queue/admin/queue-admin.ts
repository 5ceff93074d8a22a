import { Injectable } from '@nestjs/common';
import { and, count, eq, type SQL, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { OutboxNotifier } from '../outbox/outbox-notifier.js';
import { queueControls } from '../queue-controls.schema.js';
import { outbox } from '../queue.schema.js';

export type QueueControlRow = typeof queueControls.$inferSelect;

export interface QueueControlChange {
  state?: QueueControlRow['state'];
  maxRunning?: number | null;
  reason: string;
  changedBy: string;
}

export interface OutboxBacklog {
  queue: string;
  /** Messages that are due. */
  backlog: number;
  /** Since the oldest of them was due, by the clock of the database. */
  oldestSeconds: number;
}

/**
 * Reads and changes the part of a queue that operators see and BullMQ does not hold. The caller decides who may, and records it in
 * the audit log.
 */
@Injectable()
export class QueueAdmin {
  constructor(
    private readonly db: Database,
    private readonly notifier: OutboxNotifier,
  ) {}

  /** Workers follow within two seconds. Returns nothing when the condition does not hold for the row. Needs a transaction. */
  async change(
    name: string,
    change: QueueControlChange,
    condition: SQL | undefined,
  ): Promise<QueueControlRow | undefined> {
    await this.db.tx.insert(queueControls).values({ name }).onConflictDoNothing();
    const [changed] = await this.db.tx
      .update(queueControls)
      .set({ ...change, changedAt: sql`now()`, version: sql`${queueControls.version} + 1` })
      .where(and(eq(queueControls.name, name), condition))
      .returning();
    // Messages that waited in the outbox of a paused queue are dispatched at once when it is resumed.
    if (changed) this.db.afterCommit(() => this.notifier.notify());
    return changed;
  }

  /** The due messages that no queue has, of each queue that has some. */
  backlogs(): Promise<OutboxBacklog[]> {
    const age = sql`extract(epoch from now() - min(${outbox.availableAt}))`.mapWith(Number);
    return this.db.conn
      .select({ queue: outbox.queue, backlog: count(), oldestSeconds: age })
      .from(outbox)
      .where(sql`${outbox.availableAt} <= now()`)
      .groupBy(outbox.queue);
  }
}
