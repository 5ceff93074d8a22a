import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { countTimeout, measureAcquisition } from './database-metrics.js';
import { fromDatabase, isRetryable } from './errors.js';
import { runInsideTransaction } from './io-guard.js';
import {
  runQuery,
  mustDiscard,
  type Row,
  TransactionScope,
  type TransactionOptions,
} from './transaction-scope.js';

/** Drizzle without its own `transaction`, which would send a second BEGIN and commit the outer work early. */
export type Connection = Omit<NodePgDatabase, 'transaction' | '$client'>;

/** Three attempts: the same two transactions rarely collide twice when each waits a random time. */
const attempts = 3;

/**
 * The pool and one ambient transaction, which the async context carries: every function called inside `transaction` takes
 * part in it, so no caller passes a transaction around. See docs/adr/0002-ambient-transactions.md.
 */
export class Database {
  readonly #scope = new AsyncLocalStorage<TransactionScope>();
  readonly #drizzle: Connection;
  readonly #log = new Logger(Database.name);

  constructor(
    readonly pool: pg.Pool,
    /** The name of the pool in metrics. */
    readonly name = 'other',
  ) {
    // Drizzle sees one client; the router sends each query to the transaction of its caller, or else to the pool. So a
    // statement prepared once serves both, and a query that comes after its transaction fails.
    const router = { query: (query: pg.QueryConfig, values?: unknown[]) => this.#query(query, values) };
    this.#drizzle = drizzle(router as unknown as pg.Pool, { casing: 'snake_case' });
  }

  /** Returns the transaction around this call, or the pool when there is none. */
  get conn(): Connection {
    return this.#drizzle;
  }

  /** Returns the transaction around this call. Throws when there is none: use it where a write outside one is a bug. */
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
   * connection breaks during COMMIT.
   */
  async transaction<T>(work: (opened: Row[]) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const outer = this.#scope.getStore();
    if (outer) {
      if (options.onBegin || options.onFirstQuery)
        throw new Error('A transaction with an opening statement cannot join another one.');
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
    const { beforeCommit, afterCommit } = scope;
    scope.beforeCommit = [...beforeCommit];
    scope.afterCommit = [...afterCommit];
    await scope.query(`SAVEPOINT ${name}`);
    try {
      const result = await work();
      await scope.query(`RELEASE SAVEPOINT ${name}`);
      return result;
    } catch (error) {
      await scope.query(`ROLLBACK TO SAVEPOINT ${name}`);
      Object.assign(scope, { beforeCommit, afterCommit });
      throw error;
    }
  }

  /** Adds a statement that travels in the same message as COMMIT, so it costs no round trip. Needs a transaction. */
  beforeCommit(statement: string): void {
    this.#current().beforeCommit.push(statement);
  }

  /** Runs a hook after the transaction is committed, and never after a rollback. The caller does not wait for it. */
  afterCommit(hook: () => void | Promise<void>): void {
    this.#current().afterCommit.push(hook);
  }

  /** Undoes everything since the opening statement. Statements that are added afterwards still commit. */
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
      // `await` stands inside the scope: Drizzle sends a query when it is awaited, which must not happen outside.
      return await this.#scope.run(scope, () => runInsideTransaction(scope, async () => await work()));
    } finally {
      scope.open = false;
    }
  }

  /** Runs the hooks in order. A hook that fails is only logged: the work is committed, and its caller gets the result. */
  async #runHooks(hooks: TransactionScope['afterCommit']): Promise<void> {
    for (const hook of hooks) {
      try {
        // The hook runs outside the scope: its queries go to the pool, not to the transaction that is over.
        await this.#scope.exit(async () => hook());
      } catch (error) {
        this.#log.error('A hook after a commit failed.', error);
      }
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    const by = { 'db.client.connection.pool.name': this.name };
    const start = performance.now();
    try {
      return await this.pool.connect();
    } catch (error) {
      countTimeout(by);
      throw fromDatabase(error);
    } finally {
      measureAcquisition((performance.now() - start) / 1000, by);
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
    // pool.query() would discard the connection after every SQL error, not only when the connection is broken.
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
