import { assertSchemaCompatibility, createPostgresBackend } from 'bullmq';
import type { Config } from '#libs/config';
import { createPool, fromDatabase, isConnectionLost } from '#libs/database';
import { connectionClosed } from './connection-closed.js';
import type { QueueBackend } from './queue-backend.js';

/** The schema that BullMQ's migrations fill. */
const schema = 'bullmq';

/**
 * Connections to fetch, finish and add jobs, to renew locks and to look for dead workers, for all queues together: with
 * more of them, commits only wait for each other.
 */
const sharedConnections = 10;

/** BullMQ in Postgres, on a pool of its own: the worker of each queue keeps one connection more to LISTEN on. */
export function postgresBackend(config: Config, queueCount: number): QueueBackend {
  const max = queueCount + sharedConnections;
  const pool = createPool(config.DATABASE_URL, { role: 'worker', max, searchPath: schema });
  translateOutages(pool);
  // Every queue and worker adds its listeners to the one pool.
  pool.setMaxListeners(50);
  return {
    async check() {
      const client = await pool.connect();
      try {
        await assertSchemaCompatibility(client, schema);
      } finally {
        client.release();
      }
    },
    create: (name, options, more) => createPostgresBackend(name, { ...options, connection: pool }, more),
    close: () => pool.end(),
  };
}

/**
 * BullMQ repeats a write that failed because the server is away, but it knows only how a Redis says so. After any other error
 * it takes the attempt for over: the job would stand there as active until its lock ends.
 */
function translateOutages(pool: ReturnType<typeof createPool>): void {
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  const translated = async (...args: unknown[]) => {
    try {
      return await query(...args);
    } catch (error) {
      throw isConnectionLost(fromDatabase(error)) ? connectionClosed(error) : error;
    }
  };
  pool.query = translated as typeof pool.query;
}
