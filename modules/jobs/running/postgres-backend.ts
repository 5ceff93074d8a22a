import { assertSchemaCompatibility, createPostgresBackend } from 'bullmq';
import type { Config } from '#libs/config';
import { createPool } from '#libs/database';
import type { Backend } from './backend.js';

/** The schema that BullMQ's migrations fill. */
const schema = 'bullmq';

/** Connections for handing over, lock renewal and the look for dead workers, beside those of the runs. */
const spare = 2;

/**
 * BullMQ in Postgres, on a pool of its own: each worker keeps one connection to LISTEN on, and half the runs at
 * once are enough to fetch and finish for all of them.
 */
export function postgresBackend(config: Config, queueCount: number): Backend {
  const max = queueCount + Math.ceil((queueCount * config.WORKER_CONCURRENCY) / 2) + spare;
  const pool = createPool(config.DATABASE_URL, { role: 'worker', max, searchPath: schema });
  // Every queue and worker adds its listeners to the one pool.
  pool.setMaxListeners(50);
  return {
    removesCompleted: false,
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
