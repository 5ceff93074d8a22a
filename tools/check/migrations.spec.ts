import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { lintMigrations } from './migrations.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mainstay-lint-'));
  await mkdir(join(root, 'drizzle'));
  await add('0000_shops.sql', 'CREATE TABLE "shops" ("id" uuid PRIMARY KEY NOT NULL);');
});
afterEach(() => rm(root, { recursive: true }));

const add = (name: string, text: string) => writeFile(join(root, 'drizzle', name), text);
const index = (table: string) => `CREATE INDEX "${table}_index" ON "${table}" USING btree ("id");`;

/** What the branch has from now on, it has beyond the main one. */
function release(): void {
  const name = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  for (const args of [
    ['init', '-b', 'main'],
    ['add', '.'],
    [...name, 'commit', '-m', 'released'],
  ])
    execFileSync('git', args, { cwd: root, stdio: 'ignore' });
}

const lint = () =>
  lintMigrations((args, input) => {
    const { status, stdout } = spawnSync('node_modules/.bin/squawk', args, { input, encoding: 'utf8' });
    return Promise.resolve({ ok: status === 0, output: stdout });
  }, root);

it('nobody waits for a lock on a table that the same branch makes, also in an earlier file', async () => {
  release();
  await add('0001_orders.sql', 'CREATE TABLE "orders" ("id" uuid PRIMARY KEY NOT NULL);');
  await add('0002_index.sql', index('orders'));
  expect((await lint()).ok).toBe(true);
});

it('a released table is locked: the file and the line are named, with what to do', async () => {
  release();
  await add('0001_orders.sql', 'CREATE TABLE "orders" ("id" uuid PRIMARY KEY NOT NULL);\n');
  await add('0002_index.sql', `-- An index.\n${index('shops')}`);
  const { ok, output } = await lint();
  expect(ok).toBe(false);
  expect(output).toMatch(/^drizzle\/0002_index\.sql:2:\d+: warning: require-concurrent-index-creation /);
  expect(output).toContain('npm run db:generate -- --replace');
});

it('what is released is not linted again', async () => {
  await add('0001_index.sql', index('shops'));
  expect((await lint()).ok).toBe(false);
  release();
  expect((await lint()).ok).toBe(true);
});

it('a file without a transaction stands for itself', async () => {
  release();
  const alone = ['shops', 'orders'].map(index).join('\n').replaceAll('INDEX', 'INDEX CONCURRENTLY');
  await add('0001_index.sql', `-- no-transaction\n${alone}`);
  expect((await lint()).ok).toBe(true);
  await add('0001_index.sql', alone);
  expect((await lint()).ok).toBe(false);
});
