import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrate, migrationStatus } from '#libs/database';
import { eventually } from '#libs/testing';

const adminUrl = process.env.TEST_DATABASE_ADMIN_URL ?? '';
let database: string;
let place: { connectionString: string; folder: string };
let client: pg.Client;

beforeEach(async () => {
  database = `mainstay_test_migrations_${randomBytes(4).toString('hex')}`;
  await asAdmin(`CREATE DATABASE ${database} TEMPLATE template0`);
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  place = { connectionString: url.href, folder: await mkdtemp(join(tmpdir(), 'mainstay-migrations-')) };
  client = new pg.Client({ connectionString: url.href });
  await client.connect();
});

afterEach(async () => {
  await client.end();
  await asAdmin(`DROP DATABASE ${database} WITH (FORCE)`);
  await rm(place.folder, { recursive: true });
});

async function asAdmin(sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(sql);
  await admin.end();
}

const file = (name: string, sql: string) => writeFile(join(place.folder, `${name}.sql`), sql);
const applied = async () => (await migrationStatus(place)).applied.map(({ name }) => name);

/** The compiled migrator in a process of its own, as a deploy runs it. */
function startProcess(): ChildProcess {
  const migrator = pathToFileURL(resolve('build/libs/database/migrator.js')).href;
  const script = `import { migrate } from '${migrator}'; await migrate(${JSON.stringify(place)});`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

describe('processes that migrate', () => {
  it('apply each file once, in order, when three of them start at once', async () => {
    await file(
      '0000_people',
      'CREATE TABLE people (id int);\n--> statement-breakpoint\nSELECT pg_sleep(0.3)',
    );
    await file('0001_rows', 'INSERT INTO people VALUES (1)');
    const exits = await Promise.all([1, 2, 3].map(() => exitOf(startProcess())));
    expect(exits).toEqual([0, 0, 0]);
    expect((await client.query('SELECT id FROM people')).rows).toEqual([{ id: 1 }]);
    expect(await applied()).toEqual(['0000_people', '0001_rows']);
    const { pending, bullmq } = await migrationStatus(place);
    expect(pending).toEqual([]);
    expect(bullmq.version).toBe(bullmq.latest);
  });

  it('leave nothing of a file inside which one was killed, and the next succeeds', async () => {
    await file('0000_slow', 'CREATE TABLE slow (id int);\n--> statement-breakpoint\nSELECT pg_sleep(600)');
    const child = startProcess();
    const exit = once(child, 'exit');
    const isInside = async () =>
      (
        await client.query(
          `SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()`,
        )
      ).rowCount === 1;
    await eventually(isInside, { what: 'the second statement' });
    child.kill('SIGKILL');
    await exit;
    await file('0000_slow', 'CREATE TABLE slow (id int)');
    await migrate(place);
    expect(await applied()).toEqual(['0000_slow']);
  });
});
