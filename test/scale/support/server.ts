import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { migrate } from '#libs/database';
import type { TestDatabase } from '#libs/testing';
import { ensurePostgres } from '../../../tools/postgres/embedded-postgres.js';

/** A migrated database on a server of its own that writes to its disk; the one of the other tests does not. */
export async function durableDatabase(): Promise<TestDatabase> {
  const dir = await mkdtemp(join(tmpdir(), 'mainstay-scale-'));
  const server = await ensurePostgres({ dir });
  await migrate({ connectionString: server.url, folder: resolve('drizzle') });
  const pool = new pg.Pool({ connectionString: server.url, max: 4 });
  return {
    url: server.url,
    pool,
    async drop() {
      await pool.end();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
