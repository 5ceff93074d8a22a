import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { getTableName, inArray, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { Database } from './database.js';
import { sqlState } from './errors.js';

interface SweepOptions {
  /** Ends the round after the statement that is under way; the next round goes on. */
  signal: AbortSignal;
  /** Told of each statement how many rows went. */
  onDeleted: (table: string, rows: number) => void;
}

interface RuleOptions {
  /** Less than the default where a row takes others with it. */
  rowsPerStatement?: number;
}

interface Rule extends Required<RuleOptions> {
  table: PgTable;
  id: PgColumn;
  isOld: SQL;
}

/** Rows of one statement: it takes some 3 ms, which is what a request beside it may have to wait for. */
const defaultRowsPerStatement = 250;

/** Statements of one rule in one round: sixty thousand rows a minute, more than one process makes. */
const maxBatches = 240;

/**
 * After each statement, so many times as long as it took is left to everybody else: a server of two cores that sweeps without
 * a pause answers three times as slowly meanwhile. A full round of one rule takes some five seconds then.
 */
const pause = 4;

/**
 * What has had its time. Whoever owns a table says here which rows that are; the worker deletes them. Correctness
 * must never need it: whoever reads a row that can expire looks at the clock of the database.
 */
@Injectable()
export class RetentionService {
  readonly #log = new Logger(RetentionService.name);
  readonly #rules: Rule[] = [];

  constructor(private readonly db: Database) {}

  /** Rows for which `isOld` is true go, whenever the worker comes by. An index should serve the condition. */
  addRule(
    table: PgTable,
    id: PgColumn,
    isOld: SQL,
    { rowsPerStatement = defaultRowsPerStatement }: RuleOptions = {},
  ): void {
    this.#rules.push({ table, id, isOld, rowsPerStatement });
  }

  /** One round over all rules. Several at once do not wait for each other. */
  async sweep(options: SweepOptions): Promise<void> {
    for (const rule of this.#rules) {
      try {
        await this.#deleteOld(rule, options);
      } catch (error) {
        this.#log.warn(
          `Old rows of ${getTableName(rule.table)} are left to the next round: ${sqlState(error) ?? 'no answer'}`,
        );
      }
    }
  }

  async #deleteOld(rule: Rule, { signal, onDeleted }: SweepOptions): Promise<void> {
    for (let n = 0; n < maxBatches && !signal.aborted; n += 1) {
      const start = performance.now();
      const rows = await this.#deleteSome(rule);
      onDeleted(getTableName(rule.table), rows);
      if (rows < rule.rowsPerStatement) return;
      await sleep((performance.now() - start) * pause);
    }
  }

  async #deleteSome({ table, id, isOld, rowsPerStatement }: Rule): Promise<number> {
    const some = this.db.conn
      .select({ id })
      .from(table)
      .where(isOld)
      .limit(rowsPerStatement)
      .for('update', { skipLocked: true });
    const { rowCount } = await this.db.conn.delete(table).where(inArray(id, some));
    return rowCount ?? 0;
  }
}
