import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { fromDatabase, isRetryable } from './errors.js';
import { runInsideTransaction } from './io-guard.js';
import {
  runQuery,
  mustDiscard,
  type Row,
  TransactionScope,
  type TransactionOptions,
} from './transaction-scope.js';

/** Drizzle without its own `transaction`: it would send a second BEGIN and commit the outer work early. */
export type Connection = Omit<NodePgDatabase, 'transaction' | '$client'>;

/** Three tries, as the same two transactions rarely meet twice when each waits a random time. */
const attempts = 3;

/**
 * One ambient transaction, carried by the async context: whoever is called inside `transaction` takes part
 * in it, and nobody hands a transaction around. See docs/adr/0002-ambient-transactions.md.
 */
export class Database {
  readonly #scope = new AsyncLocalStorage<TransactionScope>();
  readonly #drizzle: Connection;
  readonly #log = new Logger(Database.name);

  constructor(readonly pool: pg.Pool) {
    // Drizzle sees one client; each query goes to the transaction of its caller, or else to the pool. So a
    // statement prepared once serves both, and a query knows when its transaction is over.
    const router = { query: (query: pg.QueryConfig, values?: unknown[]) => this.#query(query, values) };
    this.#drizzle = drizzle(router as unknown as pg.Pool, { casing: 'snake_case' });
  }

  /** The transaction around this call, or the pool when there is none. */
  get conn(): Connection {
    return this.#drizzle;
  }

  /** The transaction around this call. Throws when there is none: ask for it where writing outside one is a bug. */
  get tx(): Connection {
    this.#current();
    return this.#drizzle;
  }

  get inTransaction(): boolean {
    return this.#scope.getStore()?.open ?? false;
  }

  /**
   * Runs work in a transaction, or joins the one already open. The outermost call commits, and repeats the
   * whole work after a serialization failure or a deadlock. Throws {@link CommitOutcomeUnknown} when the
   * connection broke during COMMIT.
   */
  async transaction<T>(work: (opened: Row[]) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const outer = this.#scope.getStore();
    if (outer) {
      if (options.onBegin || options.onFirstQuery)
        throw new Error('A transaction with an opening of its own cannot join another one.');
      this.#current();
      return await work([]);
    }
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#run(work, options);
      } catch (error) {
        if (attempt === attempts || !isRetryable(error)) throw error;
        await sleep(Math.random() * 20 * attempt);
      }
    }
  }

  /** Runs work so that it can fail alone: when it throws, only its own changes are undone. Needs a transaction. */
  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const scope = this.#current();
    const name = `s${(scope.savepoints += 1)}`;
    const { beforeCommit: closing, afterCommit } = scope;
    scope.beforeCommit = [...closing];
    scope.afterCommit = [...afterCommit];
    await scope.query(`SAVEPOINT ${name}`);
    try {
      const result = await work();
      await scope.query(`RELEASE SAVEPOINT ${name}`);
      return result;
    } catch (error) {
      await scope.query(`ROLLBACK TO SAVEPOINT ${name}`);
      Object.assign(scope, { beforeCommit: closing, afterCommit });
      throw error;
    }
  }

  /** Adds a statement that travels in the same message as COMMIT: a write without a round trip. Needs a transaction. */
  beforeCommit(statement: string): void {
    this.#current().beforeCommit.push(statement);
  }

  /** Runs a hook once the transaction is committed, never when it is not. Nobody waits for it. */
  afterCommit(hook: () => void | Promise<void>): void {
    this.#current().afterCommit.push(hook);
  }

  /** Undoes everything since the opening statement; what is added afterwards still commits. */
  rollbackToStart(): void {
    const scope = this.#current();
    scope.beforeCommit = ['ROLLBACK TO SAVEPOINT opened'];
    scope.afterCommit = [];
  }

  async #run<T>(work: (opened: Row[]) => Promise<T>, options: TransactionOptions): Promise<T> {
    const scope = new TransactionScope(() => this.#connect(), options);
    try {
      const opened = options.onFirstQuery ? [] : await scope.begin();
      const result = await this.#within(scope, () => work(opened));
      await scope.commit();
      void this.#runHooks(scope.afterCommit);
      return result;
    } catch (error) {
      await scope.rollback(error);
      throw error;
    }
  }

  async #within<T>(scope: TransactionScope, work: () => Promise<T>): Promise<T> {
    try {
      // `await` inside the scope: a Drizzle query is sent when it is awaited, and that must not be outside.
      return await this.#scope.run(scope, () => runInsideTransaction(scope, async () => await work()));
    } finally {
      scope.open = false;
    }
  }

  /** What is committed stays committed: a hook that fails is logged, and its caller hears of success. */
  async #runHooks(hooks: TransactionScope['afterCommit']): Promise<void> {
    for (const hook of hooks) {
      try {
        // Outside the scope: a hook's queries belong to the pool, not to the transaction that is over.
        await this.#scope.exit(async () => hook());
      } catch (error) {
        this.#log.error('A hook after a commit failed.', error);
      }
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      throw fromDatabase(error);
    }
  }

  #current(): TransactionScope {
    const scope = this.#scope.getStore();
    if (!scope) throw new Error('This needs a transaction around it.');
    if (!scope.open) throw new Error('This query outlived its transaction: something was not awaited.');
    return scope;
  }

  async #query(query: pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    if (this.#scope.getStore()) return this.#current().query(query, values);
    // Not pool.query(): that throws the connection away after every SQL error, not only after a broken one.
    const client = await this.#connect();
    let failure: unknown;
    try {
      return await runQuery(client, query, values);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      client.release(failure !== undefined && mustDiscard(failure));
    }
  }
}
