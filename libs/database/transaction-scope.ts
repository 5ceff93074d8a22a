import type pg from 'pg';
import { CommitOutcomeUnknown, fromDatabase, isConnectionLost } from './errors.js';

export type Row = Record<string, unknown>;

export interface TransactionOptions {
  /**
   * A statement that travels in the same message as BEGIN; its rows are handed to the work. With it,
   * `rollbackToStart` can undo everything but what the opening did.
   */
  onBegin?: string;
  /**
   * Begins with the first query of the work, and never when the work asks and leaves nothing. Called with the rows of the
   * opening; what it throws is what this query and the transaction fail with.
   */
  onFirstQuery?: (opened: Row[]) => void;
}

/** One transaction: begun when it is needed, on a connection that is its own until it ends. */
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

  /** The rows of the opening; whatever the number of calls, the transaction begins once. */
  begin(): Promise<Row[]> {
    return (this.#begun ??= this.#begin());
  }

  /** Sent at once when the transaction has begun: one that nobody awaits must not come after COMMIT. */
  async query(query: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    if (!this.#hasBegun) await this.begin();
    return runQuery(this.#client!, query, values);
  }

  /** Throws {@link CommitOutcomeUnknown} when the connection broke meanwhile. */
  async commit(): Promise<void> {
    const isNeeded = this.#begun || this.beforeCommit.length > 0 || this.afterCommit.length > 0;
    if (!isNeeded) return;
    await this.begin();
    await commit(this.#client!, this.beforeCommit);
    this.#client!.release();
  }

  async rollback(reason: unknown): Promise<void> {
    await this.#begun?.catch(() => {}); // It may have failed after it had its connection.
    if (!this.#client) return;
    let failure = reason;
    if (!mustDiscard(reason))
      await runQuery(this.#client, 'ROLLBACK').catch((error: unknown) => (failure = error));
    this.#client.release(mustDiscard(failure));
  }

  async #begin(): Promise<Row[]> {
    const { onBegin: opening, onFirstQuery } = this.options;
    this.#client = await this.connect();
    const opened = await begin(this.#client, opening);
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
  try {
    return await client.query(query as pg.QueryConfig, values);
  } catch (error) {
    throw fromDatabase(error);
  }
}

async function begin(client: pg.PoolClient, opening: string | undefined): Promise<Row[]> {
  if (!opening) {
    await runQuery(client, 'BEGIN');
    return [];
  }
  const results = (await runQuery(
    client,
    `BEGIN; ${opening}; SAVEPOINT opened`,
  )) as unknown as pg.QueryResult<Row>[];
  return results[1]?.rows ?? [];
}

async function commit(client: pg.PoolClient, closing: string[]): Promise<void> {
  try {
    const results = await runQuery(client, [...closing, 'COMMIT'].join('; '));
    const last = Array.isArray(results) ? results.at(-1) : results;
    // The server answers ROLLBACK to the COMMIT of a transaction in which a statement failed.
    if (last.command !== 'COMMIT')
      throw new Error('A statement of this transaction had failed, so nothing was committed.');
  } catch (error) {
    if (isConnectionLost(error))
      throw new CommitOutcomeUnknown('The connection broke during COMMIT.', { cause: error });
    throw error;
  }
}

/** True when the connection must not serve anybody again. */
export function mustDiscard(error: unknown): boolean {
  return error instanceof CommitOutcomeUnknown || isConnectionLost(error);
}
