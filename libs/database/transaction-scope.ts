import type pg from 'pg';
import { recordStatement } from './database-metrics.js';
import { CommitOutcomeUnknown, fromDatabase, isConnectionLost } from './errors.js';

export type Row = Record<string, unknown>;

export interface TransactionOptions {
  /**
   * The opening statement, which travels in the same message as BEGIN. The work gets its rows, and `rollbackToStart` can undo
   * everything except the effect of this statement.
   */
  onBegin?: string;
  /**
   * Makes the transaction begin with the first query of the work, and never when the work has no query, statement or hook.
   * Called with the rows of the opening statement. When it throws, that query and the transaction fail with its error.
   */
  onFirstQuery?: (opened: Row[]) => void;
}

/** One transaction. It begins when it is needed, and has a connection to itself until it ends. */
export class TransactionScope {
  open = true;
  savepoints = 0;
  beforeCommit: string[] = [];
  afterCommit: (() => void | Promise<void>)[] = [];
  #client: pg.PoolClient | undefined;
  #begun: Promise<Row[]> | undefined;
  #hasBegun = false;

  constructor(
    private readonly connect: () => Promise<pg.PoolClient>,
    private readonly options: TransactionOptions,
  ) {}

  /** Begins the transaction on the first call only, and returns the rows of the opening statement. */
  begin(): Promise<Row[]> {
    return (this.#begun ??= this.#begin());
  }

  /** Sends the query at once when the transaction has begun: a query that is not awaited must not come after COMMIT. */
  async query(query: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    if (!this.#hasBegun) await this.begin();
    return runQuery(this.#client!, query, values);
  }

  /** Throws {@link CommitOutcomeUnknown} when the connection breaks during COMMIT. */
  async commit(): Promise<void> {
    const isNeeded = this.#begun || this.beforeCommit.length > 0 || this.afterCommit.length > 0;
    if (!isNeeded) return;
    await this.begin();
    await commit(this.#client!, this.beforeCommit);
    this.#client!.release();
  }

  async rollback(reason: unknown): Promise<void> {
    await this.#begun?.catch(() => {}); // The beginning may have failed after it got a connection.
    if (!this.#client) return;
    let failure = reason;
    if (!mustDiscard(reason))
      await runQuery(this.#client, 'ROLLBACK').catch((error: unknown) => (failure = error));
    this.#client.release(mustDiscard(failure));
  }

  async #begin(): Promise<Row[]> {
    const { onBegin, onFirstQuery } = this.options;
    this.#client = await this.connect();
    const opened = await begin(this.#client, onBegin);
    onFirstQuery?.(opened);
    this.#hasBegun = true;
    return opened;
  }
}

export async function runQuery(
  client: pg.PoolClient,
  query: string | pg.QueryConfig,
  values?: unknown[],
): Promise<pg.QueryResult> {
  const start = performance.now();
  try {
    return await client.query(query as pg.QueryConfig, values);
  } catch (error) {
    throw fromDatabase(error);
  } finally {
    recordStatement(typeof query === 'string' ? query : query.text, (performance.now() - start) / 1000);
  }
}

async function begin(client: pg.PoolClient, onBegin: string | undefined): Promise<Row[]> {
  if (!onBegin) {
    await runQuery(client, 'BEGIN');
    return [];
  }
  const results = (await runQuery(
    client,
    `BEGIN; ${onBegin}; SAVEPOINT opened`,
  )) as unknown as pg.QueryResult<Row>[];
  return results[1]?.rows ?? [];
}

async function commit(client: pg.PoolClient, beforeCommit: string[]): Promise<void> {
  try {
    const results = await runQuery(client, [...beforeCommit, 'COMMIT'].join('; '));
    const last = Array.isArray(results) ? results.at(-1) : results;
    // The server answers ROLLBACK to COMMIT when a statement of the transaction failed.
    if (last.command !== 'COMMIT')
      throw new Error('A statement of this transaction had failed, so nothing was committed.');
  } catch (error) {
    if (isConnectionLost(error))
      throw new CommitOutcomeUnknown('The connection broke during COMMIT.', { cause: error });
    throw error;
  }
}

/** Returns true when the connection must not be used again. */
export function mustDiscard(error: unknown): boolean {
  return error instanceof CommitOutcomeUnknown || isConnectionLost(error);
}
