import pg from 'pg';

/** The process that the pool serves. A statement of a job may take longer than a request may wait. */
export type PoolRole = 'api' | 'worker' | 'probe' | 'tool';

/**
 * Milliseconds. pg sets none of these limits by default, so a server that hangs would block its callers for ever.
 * The order matters: the server gives up (`statement`) before the client does (`query`), because after a client-side
 * timeout the statement still runs and the connection must be discarded.
 */
const limits: Record<PoolRole, { connect: number; statement: number; query: number; lock: number }> = {
  api: { connect: 2000, statement: 5000, query: 6000, lock: 2000 },
  worker: { connect: 5000, statement: 60_000, query: 65_000, lock: 5000 },
  // A load balancer waits for about a second for an answer.
  probe: { connect: 800, statement: 800, query: 900, lock: 800 },
  tool: { connect: 5000, statement: 0, query: 0, lock: 3000 },
};

/** Milliseconds. A transaction that waits this long for its own process is broken: only SQL may happen inside one. */
const idleInTransactionMs = 10_000;

export interface PoolOptions {
  role: PoolRole;
  max: number;
  /** The schema search path, for code with unqualified table names (BullMQ). */
  searchPath?: string;
}

export function createPool(connectionString: string, options: PoolOptions): pg.Pool {
  const limit = limits[options.role];
  const pool = new pg.Pool({
    connectionString,
    max: options.max,
    application_name: `mainstay-${options.role}`,
    connectionTimeoutMillis: limit.connect,
    statement_timeout: limit.statement || undefined,
    query_timeout: limit.query || undefined,
    lock_timeout: limit.lock,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    idleTimeoutMillis: 30_000,
    // The pool renews its connections, so that a failover or a changed role setting reaches every process.
    maxLifetimeSeconds: 1800,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...(options.searchPath && { options: `-c search_path=${options.searchPath}` }),
  });
  // Without a listener, a connection that the server drops would end the process, whether it is idle or in use.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
