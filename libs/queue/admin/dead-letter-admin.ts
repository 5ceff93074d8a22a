import { Injectable } from '@nestjs/common';
import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { Database, newId } from '#libs/database';
import { reopenings, statesBefore } from '../operations/operation-states.js';
import { findJob } from '../outbox/job-definition.js';
import { type JobHeaders, type MessageData, originOf } from '../outbox/message.js';
import { OutboxNotifier } from '../outbox/outbox-notifier.js';
import { type PartitionedJob, partitionKeyOf } from '../outbox/partition-key.js';
import { payloadText } from '../outbox/payload.js';
import { deadLetters, inbox, operations, outbox } from '../queue.schema.js';

type DeadLetter = typeof deadLetters.$inferSelect;

export interface Redriven {
  redriven: number;
  /** Dead letters whose job was done after all, or whose operation was cancelled: nothing was left to do. */
  skipped: number;
}

/** The changes that operators make to dead letters. The caller decides who may, and records it in the audit log. */
@Injectable()
export class DeadLetterAdmin {
  constructor(
    private readonly db: Database,
    private readonly notifier: OutboxNotifier,
  ) {}

  /** Takes the oldest dead letters for which the condition holds, and enqueues their jobs again. Needs a transaction. */
  async redrive(condition: SQL | undefined, limit: number): Promise<Redriven> {
    const taken = await this.#take(condition, limit);
    const open = await this.#reopen(await this.#complete(taken));
    await this.#enqueue(open);
    return { redriven: open.length, skipped: taken.length - open.length };
  }

  /** Replaces the payload. Returns false when there is no such dead letter for which the condition holds. Needs a transaction. */
  async edit(
    id: string,
    name: string,
    { version, payload }: Pick<MessageData, 'version' | 'payload'>,
    condition: SQL | undefined,
  ): Promise<boolean> {
    const { rowCount } = await this.db.tx
      .update(deadLetters)
      .set({
        payload: sql`${payloadText(name, payload)}::jsonb`,
        payloadVersion: version,
        version: sql`${deadLetters.version} + 1`,
      })
      .where(and(eq(deadLetters.id, id), condition));
    return rowCount === 1;
  }

  /**
   * Removes a dead letter for good and completes its message: a delivery that still runs does nothing, and BullMQ's record of
   * the failure makes no second dead letter. Returns nothing when there is no such dead letter for which the condition holds. Needs a transaction.
   */
  async discard(id: string, condition: SQL | undefined): Promise<DeadLetter | undefined> {
    const discarded = await this.db.tx
      .delete(deadLetters)
      .where(and(eq(deadLetters.id, id), condition))
      .returning();
    await this.#complete(discarded);
    return discarded[0];
  }

  /** Does the same to the oldest dead letters for which the condition holds; how many those were. Needs a transaction. */
  async discardAll(condition: SQL | undefined, limit: number): Promise<number> {
    const taken = await this.#take(condition, limit);
    await this.#complete(taken);
    return taken.length;
  }

  /** Whoever takes others at the same moment is not waited for. */
  #take(condition: SQL | undefined, limit: number): Promise<DeadLetter[]> {
    const some = this.db.tx
      .select({ id: deadLetters.id })
      .from(deadLetters)
      .where(condition)
      .orderBy(asc(deadLetters.diedAt), asc(deadLetters.id))
      .limit(limit)
      .for('update', { skipLocked: true });
    return this.db.tx.delete(deadLetters).where(inArray(deadLetters.id, some)).returning();
  }

  /**
   * Completes the old messages, and returns the dead letters of those that were not done. An attempt at an old message that
   * still runs somewhere has either committed its inbox row, then nothing is enqueued, or will find ours and do nothing.
   */
  async #complete(rows: DeadLetter[]): Promise<DeadLetter[]> {
    if (rows.length === 0) return [];
    const completed = await this.db.tx
      .insert(inbox)
      .values(rows.map(({ id, name }) => ({ consumer: name, messageId: id })))
      .onConflictDoNothing()
      .returning({ id: inbox.messageId });
    const ids = new Set(completed.map(({ id }) => id));
    return rows.filter(({ id }) => ids.has(id));
  }

  /**
   * failed → queued, under the id that its client knows: the same URL shows it waiting, running and done. It goes on at
   * its checkpoint, unless its payload was edited. Returns the dead letters that have something left to do.
   */
  async #reopen(rows: DeadLetter[]): Promise<DeadLetter[]> {
    const ofOperations = rows.filter(({ name }) => findJob(name)?.operation);
    if (ofOperations.length === 0) return rows;
    const edited = ofOperations.filter(({ version }) => version > 1).map(originOfRow);
    const isEdited = edited.length > 0 ? inArray(operations.id, edited) : sql`false`;
    const reopened = await this.db.tx
      .update(operations)
      .set({
        state: 'queued',
        problem: null,
        finishedAt: null,
        checkpoint: sql`case when ${isEdited} then null else ${operations.checkpoint} end`,
        done: sql`case when ${isEdited} then 0 else ${operations.done} end`,
        updatedAt: sql`now()`,
      })
      .where(
        and(
          inArray(operations.id, ofOperations.map(originOfRow)),
          inArray(operations.state, statesBefore('queued', reopenings)),
        ),
      )
      .returning({ id: operations.id });
    const ids = new Set(reopened.map(({ id }) => id));
    return rows.filter((row) => !findJob(row.name)?.operation || ids.has(originOfRow(row)));
  }

  /** Under new message ids: BullMQ may still have the old ones, and would take the same id for a repetition. */
  async #enqueue(rows: DeadLetter[]): Promise<void> {
    if (rows.length === 0) return;
    const enqueuedAt = new Date().toISOString();
    const messages = rows.map((row) => {
      const definition = jobOf(row);
      const { owner, ordering_key: orderingKey } = row.headers;
      return {
        id: newId(),
        queue: definition.queue,
        name: row.name,
        version: row.payloadVersion,
        payload: row.payload,
        headers: { ...row.headers, enqueued_at: enqueuedAt, redriven_from: originOfRow(row) },
        partitionKey: partitionKeyOf(definition, { owner, orderingKey }),
      };
    });
    await this.db.tx.insert(outbox).values(messages);
    this.db.afterCommit(() => this.notifier.notify());
  }
}

/** A job that this release does not know stays in the queue in which it died. */
function jobOf({ name, queue }: DeadLetter): PartitionedJob {
  return findJob(name) ?? { name, queue, maxRunningPerOwner: Infinity };
}

function originOfRow({ id, headers }: DeadLetter): string {
  return originOf(id, headers as Partial<JobHeaders>);
}
