import { Injectable } from '@nestjs/common';
import { type SQL, sql } from 'drizzle-orm';
import { Batcher } from '#libs/batching';
import { Database } from '#libs/database';
import type { Message } from '../outbox/message.js';
import { dispatchedMessages, inbox } from '../queue.schema.js';

/** Enough for every attempt of a worker at once, whatever its concurrency; one statement stays short. */
const maxSize = 200;

/** Messages that may wait to be completed after their jobs are acknowledged: beyond, a queue would outrun its database. */
const maxUncompleted = 1000;

type Done = Pick<Message, 'id' | 'name'>;

const ids = sql`${sql.placeholder('ids')}::uuid[]`;
const given = sql`unnest(${sql.placeholder('names')}::text[], ${ids})`;

/**
 * Completes messages that no other row has to be committed with. Those that are done at the same time share a statement and its
 * commit, which are most of what a small job costs.
 */
@Injectable()
export class JobCompleter {
  readonly #findDone;
  readonly #completions: Batcher<Done, void>;
  readonly #asyncCompletions: Batcher<Done, void>;
  readonly #lookups = new Batcher((messages: Done[]) => this.#areDone(messages), { maxSize });

  constructor({ conn }: Database) {
    this.#completions = completionsOf(conn, 'complete_messages', sql`true`);
    // Before its commit, the statement tells it not to wait for the disk.
    const withoutDisk = sql`(select set_config('synchronous_commit', 'off', true)) is not null`;
    this.#asyncCompletions = completionsOf(conn, 'complete_messages_async', withoutDisk);
    this.#findDone = conn
      .select({ id: inbox.messageId })
      .from(inbox)
      .where(sql`(consumer, message_id) in (select * from ${given})`)
      .prepare('find_done_messages');
  }

  /** Resolves when it is committed that the message is done. Completing a message twice changes nothing. */
  complete(message: Done): Promise<void> {
    return this.#completions.add(message);
  }

  /**
   * The same for a message that had no effect. Its job is acknowledged before that, and the commit does not wait for the
   * disk. When a crash or an error takes the completion away, LostMessageRecovery finds the message, and it is done again, which
   * is as harmless.
   */
  async completeAsync(message: Done): Promise<void> {
    const completed = this.#asyncCompletions.add(message).catch(() => {});
    if (this.#asyncCompletions.waiting > maxUncompleted) await completed;
  }

  /** Resolves when every completion is committed. */
  async idle(): Promise<void> {
    await Promise.all([this.#completions.idle(), this.#asyncCompletions.idle()]);
  }

  isDone(message: Done): Promise<boolean> {
    return this.#lookups.add(message);
  }

  async #areDone(messages: Done[]): Promise<boolean[]> {
    const rows = await this.#findDone.execute(columnsOf(messages));
    const done = new Set(rows.map(({ id }) => id));
    return messages.map(({ id }) => done.has(id));
  }
}

/** One statement for all: into the inbox, and out of the dispatched messages. A statement that fails is done again message by message. */
function completionsOf(conn: Database['conn'], name: string, condition: SQL): Batcher<Done, void> {
  const recorded = conn.$with('recorded').as(
    conn
      .insert(inbox)
      .select(sql`select *, now() from ${given}`)
      .onConflictDoNothing()
      .returning({ id: inbox.messageId }),
  );
  const completion = conn
    .with(recorded)
    .delete(dispatchedMessages)
    .where(sql`id = any(${ids}) and ${condition}`)
    .prepare(name);
  return new Batcher(
    async (messages) => {
      await completion.execute(columnsOf(messages));
      return messages.map(() => {});
    },
    { maxSize, retryEach: true },
  );
}

function columnsOf(messages: Done[]) {
  // In one order everywhere: two workers that have the same messages must not wait for each other's rows.
  const sorted = messages.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { ids: sorted.map(({ id }) => id), names: sorted.map(({ name }) => name) };
}
