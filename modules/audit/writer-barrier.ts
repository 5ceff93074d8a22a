import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Database } from '#libs/database';

/** Milliseconds between two looks. An event is written with COMMIT, so a writer is rarely seen at all. */
const pause = 100;

/** Looks before it is left to the next round. */
const patience = 100;

/**
 * Whoever writes audit events at this moment. Numbers are given before they are committed: below a number that can be
 * read, another may still appear. Its transaction holds a lock on the table from before it took the number until it
 * ends, so when none of the writers of a moment is left, everything below what could be read then is decided.
 */
@Injectable()
export class WriterBarrier {
  constructor(private readonly db: Database) {}

  /** Waits until the writers of now have finished. Throws after ten seconds. */
  async wait(): Promise<void> {
    let left = await this.#current();
    for (let n = 0; left.length > 0; n += 1) {
      if (n === patience) throw new Error('A transaction that wrote an audit event does not end.');
      await sleep(pause);
      const current = new Set(await this.#current());
      left = left.filter((writer) => current.has(writer));
    }
  }

  /** Virtual transaction ids: a transaction has one before it has anything else. */
  async #current(): Promise<string[]> {
    const { rows } = await this.db.conn.execute<{ writer: string }>(sql`
      select virtualtransaction as writer from pg_locks
      where locktype = 'relation' and mode = 'RowExclusiveLock' and relation = 'audit_events'::regclass
        and database = (select oid from pg_database where datname = current_database())`);
    return rows.map(({ writer }) => writer);
  }
}
