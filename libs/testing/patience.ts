import type { ConnectionPool } from '#libs/database';

/** Milliseconds. A machine that is slow would otherwise refuse what production has a right to refuse (libs/database/pool.ts). */
const patience = { connectionTimeoutMillis: 120_000, query_timeout: 125_000 };
const patientSettings = { statement_timeout: '120s', lock_timeout: '120s' };

/** Extends the limits of a pool before its first connection, because a connection keeps the limits that it began with. */
export function giveTime(pool: ConnectionPool): ConnectionPool {
  Object.assign(pool.options, patience);
  Object.assign(pool.settings, patientSettings);
  return pool;
}
