import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { getTableName, inArray, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { Database } from './database.js';
import { sqlState } from './errors.js';

interface SweepOptions {
  /** Ends the round after the current statement. The next round continues. */
  signal: AbortSignal;
  /** Called after each statement with the number of rows that it deleted. */
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

/** Rows of one statement. It takes about 3 ms, for which a concurrent request may have to wait. */
const defaultRowsPerStatement = 250;

/** Statements of one rule in one round: sixty thousand rows a minute, which is more than one process writes. */
const maxBatches = 240;

/**
 * The pause after each statement, as a multiple of the time that the statement took: a server of two cores that sweeps without
 * pauses answers three times as slowly. With them, a full round of one rule takes about five seconds.
 */
const pause = 4;

/**
 * The rules by which the worker deletes old rows. The owner of a table adds its rule here. Correctness must never depend on
 * the deletion: code that reads a row which can expire compares it with the clock of the database.
 */
@Injectable()
export class RetentionService {
  readonly #log = new Logger(RetentionService.name);
  readonly #rules: Rule[] = [];

  constructor(private readonly db: Database) {}

  /** Adds a rule: the worker deletes the rows for which `isOld` is true. An index should serve the condition. */
  addRule(
    table: PgTable,
    id: PgColumn,
    isOld: SQL,
    { rowsPerStatement = defaultRowsPerStatement }: RuleOptions = {},
  ): void {
    this.#rules.push({ table, id, isOld, rowsPerStatement });
  }

  /** Applies all rules once. Concurrent rounds do not wait for each other. */
  async sweep(options: SweepOptions): Promise<void> {
    for (const rule of this.#rules) {
      try {
        await this.#deleteOld(rule, options);
      } catch (error) {
        this.#log.warn(
          `The next round deletes the old rows of ${getTableName(rule.table)}: ${sqlState(error) ?? 'no answer'}`,
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
