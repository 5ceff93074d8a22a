import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { migrate } from '#libs/database';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { untilMigrated } from './new-migrations.js';

let db: TestDatabase;
let folder: string;
beforeAll(async () => {
  db = await createTestDatabase();
  folder = join(await mkdtemp(join(tmpdir(), 'mainstay-migrations-')), 'drizzle');
  await cp('drizzle', folder, { recursive: true });
});
afterAll(() => Promise.all([db.drop(), rm(folder, { recursive: true })]));

const until = (say: (line: string) => void) =>
  untilMigrated({ connectionString: db.url, folder }, say, new AbortController().signal);

it('waits for a new migration to be applied, and says how', async () => {
  const lines: string[] = [];
  await until((line) => lines.push(line));
  expect(lines).toEqual([]);
  await writeFile(join(folder, '9000_new.sql'), 'create table things (id int);');
  const { promise: told, resolve } = Promise.withResolvers<string>();
  const migrated = until(resolve);
  expect(await told).toMatch(/9000_new\.sql is not applied.* npm run db:migrate$/);
  const { rows } = await db.pool.query(`select to_regclass('things') as things`);
  expect(rows).toEqual([{ things: null }]);
  await migrate({ connectionString: db.url, folder });
  await migrated;
});

it('says what to do about a migration that was edited after it was applied', async () => {
  const path = join(folder, '0000_tables.sql');
  await writeFile(path, `${await readFile(path, 'utf8')}\n-- edited`);
  await expect(until(() => {})).rejects.toThrow(/0000_tables\.sql was edited .* npm run db:reset/);
});
