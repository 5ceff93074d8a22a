import { Logger } from '@nestjs/common';
import type { ConnectionPool } from './connection-pool.js';

/**
 * The connections that the server gives this role in this database, by the lowest of its limits (PostgreSQL manual, 19.3 and CREATE ROLE,
 * CREATE DATABASE), and those that are open now. `reserved_connections` came with version 16.
 */
const question = `
  select least(
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0),
      nullif((select rolconnlimit from pg_roles where rolname = current_user), -1),
      nullif((select datconnlimit from pg_database where datname = current_database()), -1)
    ) as given,
    (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as open`;

/**
 * Compares, with the first connection of the pool, what all pools of this process may take with what the server gives, and says so in
 * one line when it does not fit.
 */
export function reportBudget(pool: ConnectionPool): void {
  const look = async () => {
    try {
      // Behind a pooler the limits are those of the pooler.
      if (pool.pooling !== 'none') return;
      const { rows } = await pool.query<{ given: number; open: number }>(question);
      const { given, open } = rows[0]!;
      const wanted = pool.processMax;
      const others = Math.max(0, open - pool.processOpen);
      if (wanted + others <= given) return;
      new Logger('Database').warn(
        `This process may take ${wanted} connections (DATABASE_POOL_MAX), and Postgres gives ${given}, of which others have ${others}. ` +
          'Lower DATABASE_POOL_MAX, or raise the limit of the server, the role or the database.',
      );
    } catch {
      pool.once('connect', () => setImmediate(() => void look()));
    }
  };
  void look();
}
