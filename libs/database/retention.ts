import { Injectable, Logger } from '@nestjs/common';
import { getTableName, inArray, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { Database } from './database.js';
import { sqlState } from './errors.js';

interface Rule {
  table: PgTable;
  id: PgColumn;
  isOld: SQL;
}

/** Rows of one statement: a lock is held for milliseconds, and a round of all rules for a second or so. */
const batch = 1000;

/** Statements of one rule in one round: sixty thousand rows a minute, more than one process makes. */
const maxBatches = 60;

/**
 * What has had its time. Whoever owns a table says here which rows that are; the worker deletes them. Correctness
 * must never need it: whoever reads a row that can expire looks at the clock of the database.
 */
@Injectable()
export class Retention {
  readonly #log = new Logger(Retention.name);
  readonly #rules: Rule[] = [];

  constructor(private readonly db: Database) {}

  /** Rows for which `isOld` is true go, whenever the worker comes by. An index should serve the condition. */
  forget(table: PgTable, id: PgColumn, isOld: SQL): void {
    this.#rules.push({ table, id, isOld });
  }

  /** One round over all rules. Several at once do not wait for each other. */
  async sweep(): Promise<void> {
    for (const rule of this.#rules) {
      try {
        for (let n = 0; n < maxBatches && (await this.#deleteSome(rule)) === batch; n += 1);
      } catch (error) {
        this.#log.warn(
          `Old rows of ${getTableName(rule.table)} are left to the next round: ${sqlState(error) ?? 'no answer'}`,
        );
      }
    }
  }

  async #deleteSome({ table, id, isOld }: Rule): Promise<number> {
    const some = this.db.conn
      .select({ id })
      .from(table)
      .where(isOld)
      .limit(batch)
      .for('update', { skipLocked: true });
    const { rowCount } = await this.db.conn.delete(table).where(inArray(id, some));
    return rowCount ?? 0;
  }
}
