import { ConnectionPool } from './connection-pool.js';

/** Whom the pool serves. */
export type PoolRole = 'api' | 'worker' | 'relay' | 'queue' | 'probe' | 'tool';

/**
 * Milliseconds. pg sets none of these limits by default, so a server that hangs would block its callers for ever.
 * The order matters: the server gives up (`statement`) before the client does (`query`), because after a client-side
 * timeout the statement still runs and the connection must be discarded. In a worker only the handlers of jobs wait as long as
 * the server does, see {@link withLongStatements}.
 */
const limits: Record<PoolRole, { connect: number; statement: number; query: number; lock: number }> = {
  api: { connect: 2000, statement: 5000, query: 6000, lock: 2000 },
  worker: { connect: 5000, statement: 60_000, query: 5000, lock: 4000 },
  relay: { connect: 5000, statement: 4000, query: 5000, lock: 4000 },
  queue: { connect: 5000, statement: 4000, query: 5000, lock: 4000 },
  // A load balancer waits for about a second for an answer.
  probe: { connect: 800, statement: 800, query: 900, lock: 800 },
  tool: { connect: 5000, statement: 0, query: 0, lock: 3000 },
};

/** Milliseconds. A transaction that waits this long for its own process is broken: only SQL may happen inside one. */
const idleInTransactionMs = 10_000;

/** Those that LISTEN, or whose statements count on the settings of a session. */
const needSession = new Set<PoolRole>(['worker', 'relay', 'queue']);

export interface PoolOptions {
  role: PoolRole;
  max: number;
  /** Connections below which it could not work: those that are kept for LISTEN, and one. */
  least?: number;
  /** The schema search path, for code with unqualified table names (BullMQ). */
  searchPath?: string;
}

export function createPool(
  connectionString: string,
  { role, max, least, searchPath }: PoolOptions,
): ConnectionPool {
  const limit = limits[role];
  return new ConnectionPool({
    connectionString,
    max,
    ...(least && { least }),
    application_name: `mainstay-${role}`,
    connectionTimeoutMillis: limit.connect,
    ...(limit.query && { query_timeout: limit.query }),
    settings: {
      statement_timeout: `${limit.statement}ms`,
      lock_timeout: `${limit.lock}ms`,
      idle_in_transaction_session_timeout: `${idleInTransactionMs}ms`,
      ...(searchPath && { search_path: searchPath }),
    },
    needsSession: needSession.has(role),
    isImpatient: role === 'probe',
    // What a burst took is given back soon: other processes may need it. The probe would have to fight for its connection.
    idleTimeoutMillis: role === 'probe' ? 0 : 10_000,
    // The pool renews its connections, so that a failover or a changed role setting reaches every process.
    maxLifetimeSeconds: 1800,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
}
