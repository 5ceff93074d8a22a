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
function poolForBullMq(pool: ReturnType<typeof createPool>): typeof pool {
  const used: Pick<typeof pool, 'options' | 'connect' | 'end'> & Record<'query' | 'on', unknown> = {
    options: pool.options,
    connect: () => pool.connect(),
    query: async (text: string, values?: unknown[]) => {
      try {
        return await pool.query(text, values);
      } catch (error) {
        throw isConnectionLost(fromDatabase(error)) ? connectionClosed(error) : error;
      }
    },
    // Each backend adds a listener for errors of idle connections, and never takes it away; createPool has one already.
    on: () => used,
    end: () => pool.end(),
  };
  return used as typeof pool;
}
