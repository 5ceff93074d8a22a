import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Database } from '#libs/database';

/** Milliseconds between two polls. A transaction writes its events at COMMIT, so a poll rarely finds a writer. */
const pollMs = 100;

/** The number of polls before the next round takes over. */
const maxPolls = 100;

/**
 * Waits for the transactions that write audit events at this moment. Events get their numbers before they commit, so below a
 * visible number another one may still appear. The transaction of that one locks the table before it takes the number and
 * until it ends. So when all writers of a moment have ended, every number below those visible at that moment is final.
 */
@Injectable()
export class WriterBarrier {
  constructor(private readonly db: Database) {}

  /** Waits until the current writers have ended. Throws after ten seconds. */
  async wait(): Promise<void> {
    let left = await this.#current();
    for (let n = 0; left.length > 0; n += 1) {
      if (n === maxPolls) throw new Error('A transaction that wrote an audit event does not end.');
      await sleep(pollMs);
      const current = new Set(await this.#current());
      left = left.filter((writer) => current.has(writer));
    }
  }

  /** Returns virtual transaction ids, because a transaction has one before it has any other id. */
  async #current(): Promise<string[]> {
    const { rows } = await this.db.conn.execute<{ writer: string }>(sql`
      select virtualtransaction as writer from pg_locks
      where locktype = 'relation' and mode = 'RowExclusiveLock' and relation = 'audit_events'::regclass
        and database = (select oid from pg_database where datname = current_database())`);
    return rows.map(({ writer }) => writer);
  }
}
