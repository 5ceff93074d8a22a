import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { assertMigrated, NotMigrated } from './migration-state.js';
import { migrate, migrationStatus } from './migrator.js';

const adminUrl = process.env.TEST_DATABASE_ADMIN_URL ?? '';
let database: string;
let connectionString: string;
let folder: string;
let client: pg.Client;

beforeEach(async () => {
  database = `mainstay_test_migrator_${process.pid}_${Date.now()}`;
  await asAdmin(`CREATE DATABASE ${database} TEMPLATE template0`);
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  connectionString = url.href;
  folder = await mkdtemp(join(tmpdir(), 'mainstay-migrations-'));
  client = new pg.Client({ connectionString });
  await client.connect();
});

afterEach(async () => {
  await client.end();
  await asAdmin(`DROP DATABASE ${database} WITH (FORCE)`);
  await rm(folder, { recursive: true });
});

describe('migrate', () => {
  it('records the release, and logs nothing when there is nothing to do', async () => {
    await file('0000_people', 'CREATE TABLE people (id int)');
    const lines: string[] = [];
    await migrate({ connectionString, folder, appVersion: '1.2.3', log: (line) => lines.push(line) });
    expect(lines.join('\n')).toMatch(/applied 0000_people\.sql in \d+ ms[\s\S]*BullMQ/);
    lines.length = 0;
    await migrate({ connectionString, folder, log: (line) => lines.push(line) });
    expect(lines).toEqual([]);
    expect((await status()).applied[0]).toMatchObject({ name: '0000_people', appVersion: '1.2.3' });
  });

  it('refuses an edited file and applies nothing', async () => {
    await file('0000_people', 'CREATE TABLE people (id int)');
    await run();
    await file('0000_people', 'CREATE TABLE people (id bigint)');
    await file('0001_more', 'CREATE TABLE more (id int)');
    await expect(run()).rejects.toThrow(/0000_people\.sql was edited/);
    expect(await exists('more')).toBe(false);
    expect((await status()).faults).toMatchObject([{ name: '0000_people', kind: 'edited' }]);
  });

  it('accepts a file with other line ends as the same file', async () => {
    await file('0000_people', 'CREATE TABLE people (\n  id int\n)');
    await run();
    await file('0000_people', 'CREATE TABLE people (\r\n  id int\r\n)');
    await run();
    expect((await status()).faults).toEqual([]);
  });

  it('refuses when an applied file is gone', async () => {
    await file('0000_people', 'CREATE TABLE people (id int)');
    await run();
    await rename(join(folder, '0000_people.sql'), join(folder, '0000_persons.sql'));
    await expect(run()).rejects.toThrow(
      /0000_people\.sql was applied to this database but is not in the folder/,
    );
  });

  it('refuses a file that sorts before an applied one', async () => {
    await file('0001_later', 'CREATE TABLE later (id int)');
    await run();
    await file('0000_earlier', 'CREATE TABLE earlier (id int)');
    await expect(run()).rejects.toThrow(/0000_earlier\.sql is not applied, but sorts before 0001_later\.sql/);
    expect(await exists('earlier')).toBe(false);
  });

  it('refuses a file whose name has no number', async () => {
    await file('people', 'SELECT 1');
    await expect(run()).rejects.toThrow(/people\.sql is not a valid name for a migration/);
  });

  it('keeps nothing of a file that fails and names the statement, not the values', async () => {
    await file('0000_good', 'CREATE TABLE good (id int PRIMARY KEY)');
    await file(
      '0001_bad',
      "CREATE TABLE half (secret text PRIMARY KEY);\n--> statement-breakpoint\nINSERT INTO half VALUES ('hunter2'), ('hunter2')",
    );
    const error = await run().catch((reason: Error) => reason);
    expect(String(error)).toMatch(
      /0001_bad\.sql, statement 2 of 2, failed: .*SQLSTATE 23505.*Nothing of this file was kept/,
    );
    expect(String(error)).not.toContain('hunter2');
    expect(await exists('half')).toBe(false);
    expect(await exists('good')).toBe(true);
    expect((await status()).pending).toEqual(['0001_bad']);
  });

  it('builds an index concurrently in a file without a transaction, and replaces one that was left broken', async () => {
    await file(
      '0000_people',
      'CREATE TABLE people (email text);\n--> statement-breakpoint\nINSERT INTO people VALUES (1), (1)',
    );
    const index = 'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS people_email ON people (email)';
    await file('0001_index', `-- no-transaction\n${index}`);
    await expect(run()).rejects.toThrow(/0001_index\.sql, statement 1 of 1, failed.*kept.*repeatable/);
    expect(await validIndexes()).toEqual([false]);
    await client.query('DELETE FROM people WHERE ctid = (SELECT min(ctid) FROM people)');
    await run();
    expect(await validIndexes()).toEqual([true]);
    expect((await status()).pending).toEqual([]);
  });

  it('waits for a table that is in use, without delaying others for longer than the lock timeout', async () => {
    await file('0000_people', 'CREATE TABLE people (id int)');
    await run();
    await file('0001_column', 'ALTER TABLE people ADD COLUMN name text');
    await client.query('BEGIN; LOCK TABLE people IN ACCESS SHARE MODE');
    const retries: string[] = [];
    await migrate({
      connectionString,
      folder,
      log: (line) => {
        if (line.includes('in use')) {
          retries.push(line);
          void client.query('COMMIT');
        }
      },
    });
    expect(retries).toEqual(['0001_column.sql: a table is in use; trying again (1 of 9)']);
    expect((await status()).pending).toEqual([]);
  });

  it('gives up when another migration does not end, and names the process that holds the lock', async () => {
    await client.query("SELECT pg_advisory_lock(hashtextextended('mainstay:migrate', 0))");
    const [holder] = await values('SELECT pg_backend_pid()');
    await expect(migrate({ connectionString, folder, waitMs: 300 })).rejects.toThrow(
      `database process ${String(holder)}`,
    );
  });
});

describe('assertMigrated', () => {
  it('names what is missing', async () => {
    await file('0000_people', 'CREATE TABLE people (id int)');
    await expect(assertMigrated(client, folder)).rejects.toThrow(
      "The database lacks 0000_people.sql, BullMQ's tables. Run: npm run db:migrate",
    );
    await expect(assertMigrated(client, folder)).rejects.toBeInstanceOf(NotMigrated);
    await run();
    await expect(assertMigrated(client, folder)).resolves.toBeUndefined();
  });

  it('accepts a database that is ahead, so that code can be rolled back alone', async () => {
    await file('0000_people', 'CREATE TABLE people (id int)');
    await file('0001_next', 'CREATE TABLE next (id int)');
    await run();
    await rm(join(folder, '0001_next.sql'));
    await expect(assertMigrated(client, folder)).resolves.toBeUndefined();
  });

  it('refuses a database that was migrated by an edited file', async () => {
    await file('0000_people', 'CREATE TABLE people (id int)');
    await run();
    await file('0000_people', 'CREATE TABLE people (id bigint)');
    await expect(assertMigrated(client, folder)).rejects.toThrow(/0000_people\.sql was edited/);
  });
});

const file = (name: string, sql: string) => writeFile(join(folder, `${name}.sql`), sql);
const run = () => migrate({ connectionString, folder });
const status = () => migrationStatus({ connectionString, folder });

async function values(sql: string): Promise<unknown[]> {
  const { rows } = await client.query({ text: sql, rowMode: 'array' });
  return rows.flat();
}

async function exists(table: string): Promise<boolean> {
  return (await values(`SELECT to_regclass('${table}') IS NOT NULL`))[0] === true;
}

const validIndexes = () =>
  values(
    "SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = 'people_email'",
  );

async function asAdmin(sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(sql);
  await admin.end();
}
