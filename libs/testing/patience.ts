import type pg from 'pg';

/** Milliseconds. A machine that is slow would otherwise refuse what production has a right to refuse (libs/database/pool.ts). */
const patience = {
  connectionTimeoutMillis: 120_000,
  statement_timeout: 120_000,
  query_timeout: 125_000,
  lock_timeout: 120_000,
};

/** Extends the limits of a pool before its first connection, because a connection keeps the limits that it began with. */
export function giveTime(pool: pg.Pool): pg.Pool {
  Object.assign(pool.options, patience);
  return pool;
}
