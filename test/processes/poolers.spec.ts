import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createPool, Database, migrate } from '#libs/database';
import { createTestDatabase, eventually, takeRedisDatabase, type TestDatabase } from '#libs/testing';
import { startWorld } from '../support/apps.js';
import { signedIn } from '../support/people.js';
import { hasPgBouncer, PgBouncer } from '../support/pgbouncer.js';
import { AppProcess } from '../support/process.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function behind(mode: 'session' | 'transaction'): Promise<{ db: TestDatabase; url: string }> {
  const db = await createTestDatabase();
  const { url, stop } = await bouncerBefore(db, mode);
  closing.push(() => db.drop(), stop);
  return { db, url };
}

async function bouncerBefore(db: TestDatabase, mode: 'session' | 'transaction') {
  const bouncer = await PgBouncer.before(db.url, mode);
  return { url: bouncer.url, stop: () => bouncer.stop() };
}

/** The API, and the worker if asked for, through the pooler; the database is dropped by the test. */
async function worldThrough(db: TestDatabase, url: string, worker: boolean) {
  const world = await startWorld({ worker, env: { DATABASE_URL: url }, db: { ...db, drop: async () => {} } });
  closing.push(() => world.close());
  const admin = await signedIn(world, 'admin');
  const invite = () =>
    fetch(`${world.url}/v1/users`, {
      method: 'POST',
      headers: { cookie: admin.cookie, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({ email: `${randomUUID()}@example.com`, name: 'Ada' }),
    });
  const list = () => fetch(`${world.url}/v1/users?limit=5`, { headers: { cookie: admin.cookie } });
  return { world, invite, list };
}

const sentence =
  /only the API can use it\. Set DATABASE_URL of the worker and of migrations to Postgres itself/;

const describeBehindPooler = hasPgBouncer ? describe : describe.skip;

describeBehindPooler('behind PgBouncer in transaction mode', () => {
  it('the API works, on whichever connection of the server a statement comes', async () => {
    const { db, url } = await behind('transaction');
    const { invite, list } = await worldThrough(db, url, false);
    const statuses: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => (index % 2 ? invite() : list())),
      );
      statuses.push(...answers.map(({ status }) => status));
    }
    expect(statuses.toSorted((a, b) => a - b)).toEqual([
      ...Array.from({ length: 20 }, () => 200),
      ...Array.from({ length: 20 }, () => 201),
    ]);
  });

  it('a transaction has the limits that its session cannot have, and leaves none behind', async () => {
    const { db, url } = await behind('transaction');
    const { world } = await worldThrough(db, url, false);
    const database = world.api.get(Database, { strict: false });
    const limit = () =>
      database.conn.execute<{ limit: string }>(`select current_setting('lock_timeout') as limit`);
    expect((await database.transaction(limit)).rows).toEqual([{ limit: '2min' }]);
    expect((await limit()).rows).toEqual([{ limit: '0' }]);
  });

  it('a worker says at once which URL it needs, and ends, wherever its queues are', async () => {
    const { url } = await behind('transaction');
    const env = { DATABASE_URL: url };
    const workers = [AppProcess.start('worker', env)];
    if (process.env.TEST_REDIS_URL) {
      const redis = await takeRedisDatabase();
      closing.push(() => redis.release());
      workers.push(AppProcess.start('worker', { ...env, REDIS_URL: redis.url }));
    }
    for (const worker of workers) {
      expect(await worker.exited).toMatchObject({ code: 1 });
      expect(worker.output).toMatch(sentence);
    }
  });

  it('migrations say at once which URL they need', async () => {
    const { url } = await behind('transaction');
    const migrating = migrate({ connectionString: url, folder: resolve('drizzle') });
    await expect(migrating).rejects.toThrow(sentence);
  });
});

describeBehindPooler('behind PgBouncer in session mode', () => {
  it('the API and the worker work, with their limits on each session', async () => {
    const { db, url } = await behind('session');
    const { invite } = await worldThrough(db, url, true);
    expect((await invite()).status).toBe(201);
    await eventually(
      async () => (await db.pool.query(`select from inbox where consumer = 'users.invite'`)).rowCount === 1,
      { what: 'the job is done' },
    );
    const pool = createPool(url, { role: 'queue', max: 1, searchPath: 'bullmq' });
    closing.push(() => pool.end());
    const names = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'search_path'];
    const { rows } = await pool.query(
      `select name, setting from pg_settings where name = any($1) order by name`,
      [names],
    );
    expect(rows).toEqual([
      { name: 'idle_in_transaction_session_timeout', setting: '10000' },
      { name: 'lock_timeout', setting: '4000' },
      { name: 'search_path', setting: 'bullmq' },
      { name: 'statement_timeout', setting: '4000' },
    ]);
    expect(pool.pooling).toBe('session');
  });
});
