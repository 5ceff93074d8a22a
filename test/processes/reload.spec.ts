import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { Development } from '../support/development.js';

/** What `npm run dev` needs of the repository. */
const parts = [
  'apps',
  'commands',
  'drizzle',
  'libs',
  'modules',
  'ops',
  'tools',
  '.swcrc',
  'package.json',
  'package-lock.json',
];

let root: string;
let db: TestDatabase;
let development: Development;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'mainstay-reload-'));
  for (const part of parts) cpSync(resolve(part), join(root, part), { recursive: true });
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  db = await createTestDatabase();
  development = new Development('dev', { DATABASE_URL: db.url }, root);
  await development.says('mainstay: watching');
});
afterAll(async () => {
  await development.stop();
  await db.drop();
  rmSync(root, { recursive: true });
});

it('npm run dev runs what was saved, also when it replaces a file for the second time', async () => {
  const file = join(root, 'modules/dev-pages/front-page.ts');
  const source = readFileSync(file, 'utf8');
  const byRename = (text: string) => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  const title = async () =>
    /<h1>(.*)<\/h1>/.exec(await (await fetch(development.running.api_url)).text())?.[1];

  for (const [index, save] of [byRename, byRename].entries()) {
    save(source.replace('Mainstay is running', `Save ${index}`));
    await development.says('mainstay: reloaded', index + 1);
    expect(await title()).toBe(`Save ${index}`);
  }
});
