import { Inject, Injectable } from '@nestjs/common';
import { type SQL, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { dispatchedMessages, inbox } from '../outbox/queue.schema.js';
import { Batcher } from '#libs/batching';
import type { Message } from '../outbox/message.js';

/** Messages that may wait to be settled after their jobs are acknowledged: beyond, a queue would outrun its database. */
const maxUnsettled = 1000;

type Done = Pick<Message, 'id' | 'name'>;

const ids = sql`${sql.placeholder('ids')}::uuid[]`;
const given = sql`unnest(${sql.placeholder('names')}::text[], ${ids})`;

/**
 * Ends messages that no other row has to be committed with. Those that end at the same time share a statement and its
 * commit, which are most of what a small job costs.
 */
@Injectable()
export class JobCompleter {
  readonly #finding;
  readonly #ends: Batcher<Done, void>;
  readonly #harmlessEnds: Batcher<Done, void>;
  readonly #questions = new Batcher((messages: Done[]) => this.#find(messages));

  constructor(@Inject(Database) { conn }: Database) {
    this.#ends = recordingOf(conn, 'settle_messages', sql`true`);
    // Before its commit, the statement tells it not to wait for the disk.
    const unhurried = sql`(select set_config('synchronous_commit', 'off', true)) is not null`;
    this.#harmlessEnds = recordingOf(conn, 'settle_harmless_messages', unhurried);
    this.#finding = conn
      .select({ id: inbox.messageId })
      .from(inbox)
      .where(sql`(consumer, message_id) in (select * from ${given})`)
      .prepare('find_settled_messages');
  }

  /** Resolves when it is committed that the message is done. Settling twice changes nothing. */
  complete(message: Done): Promise<void> {
    return this.#ends.add(message);
  }

  /**
   * The same for a message that had no effect. Its job is acknowledged before that, and the commit does not wait for the
   * disk: what a crash forgets, or an error leaves, LostMessageRecovery finds, and it is done again, which is as harmless.
   */
  async completeAsync(message: Done): Promise<void> {
    const settled = this.#harmlessEnds.add(message).catch(() => {});
    if (this.#harmlessEnds.waiting > maxUnsettled) await settled;
  }

  /** Resolves when all that was settled is committed. */
  async idle(): Promise<void> {
    await Promise.all([this.#ends.idle(), this.#harmlessEnds.idle()]);
  }

  isDone(message: Done): Promise<boolean> {
    return this.#questions.add(message);
  }

  async #find(messages: Done[]): Promise<boolean[]> {
    const rows = await this.#finding.execute(columnsOf(messages));
    const done = new Set(rows.map(({ id }) => id));
    return messages.map(({ id }) => done.has(id));
  }
}

/** One statement for all: into the inbox, and out of the dispatched messages. */
function recordingOf(conn: Database['conn'], name: string, condition: SQL): Batcher<Done, void> {
  const recorded = conn.$with('recorded').as(
    conn
      .insert(inbox)
      .select(sql`select *, now() from ${given}`)
      .onConflictDoNothing()
      .returning({ id: inbox.messageId }),
  );
  const recording = conn
    .with(recorded)
    .delete(dispatchedMessages)
    .where(sql`id = any(${ids}) and ${condition}`)
    .prepare(name);
  return new Batcher(async (messages) => {
    await recording.execute(columnsOf(messages));
    return messages.map(() => {});
  });
}

function columnsOf(messages: Done[]) {
  // In one order everywhere: two workers that have the same messages must not wait for each other's rows.
  const sorted = messages.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { ids: sorted.map(({ id }) => id), names: sorted.map(({ name }) => name) };
}
