import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { handovers, inbox } from '../jobs.schema.js';
import { Batches } from './batches.js';
import type { Message } from './message.js';

type Done = Pick<Message, 'id' | 'name'>;

/**
 * Ends messages that no other row has to be committed with. Those that end at the same time share a statement and its
 * commit, which are most of what a small job costs.
 */
@Injectable()
export class Settlements {
  readonly #recording;
  readonly #finding;
  readonly #ends = new Batches((messages: Done[]) => this.#record(messages));
  readonly #questions = new Batches((messages: Done[]) => this.#find(messages));

  constructor(@Inject(Database) { conn }: Database) {
    const ids = sql`${sql.placeholder('ids')}::uuid[]`;
    const given = sql`unnest(${sql.placeholder('names')}::text[], ${ids})`;
    const recorded = conn.$with('recorded').as(
      conn
        .insert(inbox)
        .select(sql`select *, now() from ${given}`)
        .onConflictDoNothing()
        .returning({ id: inbox.messageId }),
    );
    this.#recording = conn
      .with(recorded)
      .delete(handovers)
      .where(sql`id = any(${ids})`)
      .prepare('settle_messages');
    this.#finding = conn
      .select({ id: inbox.messageId })
      .from(inbox)
      .where(sql`(consumer, message_id) in (select * from ${given})`)
      .prepare('find_settled_messages');
  }

  /** Resolves when it is committed that the message is done. Settling twice changes nothing. */
  async settle(message: Done): Promise<void> {
    await this.#ends.add(message);
  }

  isDone(message: Done): Promise<boolean> {
    return this.#questions.add(message);
  }

  async #record(messages: Done[]): Promise<void[]> {
    await this.#recording.execute(columnsOf(messages));
    return messages.map(() => {});
  }

  async #find(messages: Done[]): Promise<boolean[]> {
    const rows = await this.#finding.execute(columnsOf(messages));
    const done = new Set(rows.map(({ id }) => id));
    return messages.map(({ id }) => done.has(id));
  }
}

function columnsOf(messages: Done[]) {
  // In one order everywhere: two workers that have the same messages must not wait for each other's rows.
  const sorted = messages.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { ids: sorted.map(({ id }) => id), names: sorted.map(({ name }) => name) };
}
