import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { createPool, migrate, newId } from '#libs/database';
import { completerOn } from '#libs/queue/testing';
import { ensurePostgres } from '../../../tools/postgres/embedded-postgres.js';

const dir = await mkdtemp(join(tmpdir(), 'mainstay-completed-'));
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Ids in the inbox of a server that was killed right after `work`. */
async function completedAfterCrash(
  work: (completer: ReturnType<typeof completerOn>) => Promise<unknown>,
): Promise<string[]> {
  const server = await ensurePostgres({ dir });
  await migrate({ connectionString: server.url, folder: resolve('drizzle') });
  const pool = createPool(server.url, { role: 'worker', max: 2 });
  await work(completerOn(pool));
  process.kill(server.pid, 'SIGKILL');
  await server.lost;
  await server.stop().catch(() => {});
  await pool.end();

  const recovered = await ensurePostgres({ dir });
  const client = new pg.Client({ connectionString: recovered.url });
  await client.connect();
  const { rows } = await client.query<{ message_id: string }>('select message_id from inbox');
  await client.end();
  await recovered.stop();
  return rows.map(({ message_id: id }) => id);
}

it('what had an effect outside the database is still done when its server was killed', async () => {
  const done = Array.from({ length: 50 }, () => ({ id: newId(), name: 'sample.mail' }));
  const completed = await completedAfterCrash((completer) =>
    Promise.all(done.map((message) => completer.complete(message))),
  );
  expect(completed.sort()).toEqual(done.map(({ id }) => id).sort());
});
