import { assertSchemaCompatibility, createPostgresBackend } from 'bullmq';
import type { PoolClient } from 'pg';
import type { Config } from '#libs/config';
import { type ConnectionPool, createPool, fromDatabase, isConnectionLost, poolShare } from '#libs/database';
import { connectionClosed } from './connection-closed.js';
import type { QueueBackend } from './queue-backend.js';

/** The schema that BullMQ's migrations fill. */
const schema = 'bullmq';

/**
 * BullMQ in Postgres, on a pool of its own. The worker of each queue keeps a connection to LISTEN on; the others fetch, finish and
 * add jobs, renew locks and look for dead workers, for all queues together.
 */
export function postgresBackend(config: Config, queueCount: number): QueueBackend {
  const least = queueCount + 1;
  const max = Math.max(least, poolShare(config, 'queue'));
  const pool = createPool(config.DATABASE_URL, { role: 'queue', max, least, searchPath: schema });
  const connection = poolForBullMq(pool);
  return {
    async check() {
      const client = await pool.connect();
      try {
        await assertSchemaCompatibility(client, schema);
      } finally {
        client.release();
      }
    },
    create: (name, options, more) => createPostgresBackend(name, { ...options, connection }, more),
    close: () => pool.end(),
  };
}

/**
 * The pool as BullMQ uses it. BullMQ repeats a write that failed because the server is away, but it knows only how a Redis says
 * so: after any other error it takes the attempt for over, and the job would stand there as active until its lock ends.
 */
function poolForBullMq(pool: ConnectionPool): ConnectionPool {
  const used: Pick<typeof pool, 'options' | 'connect' | 'end'> & Record<'query' | 'on', unknown> = {
    options: pool.options,
    connect: () => pool.connect(),
    query: async (text: string, values?: unknown[]) => {
      let client: PoolClient | undefined;
      let lost = false;
      try {
        client = await pool.connect();
        return await client.query(text, values);
      } catch (error) {
        lost = isConnectionLost(fromDatabase(error));
        throw lost ? connectionClosed(error) : error;
      } finally {
        // pool.query() would discard the connection after every error.
        client?.release(lost);
      }
    },
    // Each backend adds a listener for errors of idle connections, and never takes it away; createPool has one already.
    on: () => used,
    end: () => pool.end(),
  };
  return used as ConnectionPool;
}
