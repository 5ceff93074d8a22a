import { assertSchemaCompatibility, createPostgresBackend } from 'bullmq';
import type { Config } from '#libs/config';
import { createPool, fromDatabase, isConnectionLost } from '#libs/database';
import type { QueueBackend } from './queue-backend.js';

/** The schema that BullMQ's migrations fill. */
const schema = 'bullmq';

/**
 * Connections to fetch and to finish, to hand over, to renew locks and to look for dead workers, for all queues together: with
 * more of them, commits only wait for each other.
 */
const shared = 10;

/** BullMQ in Postgres, on a pool of its own: the worker of each queue keeps one connection more to LISTEN on. */
export function postgresBackend(config: Config, queueCount: number): QueueBackend {
  const max = queueCount + shared;
  const pool = createPool(config.DATABASE_URL, { role: 'worker', max, searchPath: schema });
  tellOutages(pool);
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
    make: (name, options, more) => createPostgresBackend(name, { ...options, connection: pool }, more),
    close: () => pool.end(),
  };
}

/** With the message by which BullMQ tells a connection that broke from a statement that is wrong. */
class ConnectionClosed extends Error {
  override readonly name = 'ConnectionClosed';
  constructor(cause: unknown) {
    super('Connection is closed.', { cause });
  }
}

/**
 * What BullMQ cannot write because the database is away it tries again, but it knows only how a Redis says so. Of anything
 * else it takes the run for over: the job would stand there as active until its lock ends.
 */
function tellOutages(pool: ReturnType<typeof createPool>): void {
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  const telling = async (...args: unknown[]) => {
    try {
      return await query(...args);
    } catch (error) {
      throw isConnectionLost(fromDatabase(error)) ? new ConnectionClosed(error) : error;
    }
  };
  pool.query = telling as typeof pool.query;
}
