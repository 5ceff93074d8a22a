import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { TypeCheck } from './type-check.js';

let root: string;
let said: string[];
let check: TypeCheck;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mainstay-types-'));
  said = [];
  check = new TypeCheck((line) => said.push(line), root);
  const compilerOptions = { lib: ['es2024'], types: [], skipLibCheck: true };
  await writeFile(join(root, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
});
afterEach(() => rm(root, { recursive: true }));

const code = (text: string) => writeFile(join(root, 'a.ts'), text);

it('says that types are wrong, and where, and that they are right again', async () => {
  await code(`export const a: number = 'one';`);
  await check.begin();
  expect(said).toEqual([
    expect.stringMatching(/^the types are wrong in one place:\n {2}a\.ts\(1,14\): error TS2322: /),
  ]);
  await code('export const a: number = 1;');
  await check.begin();
  expect(said.slice(1)).toEqual(['the types are right again']);
  await check.begin();
  expect(said).toHaveLength(2);
});

it('does not tell what was found before the last change', async () => {
  await code(`export const a: number = 'one';`);
  const first = check.begin();
  await code('export const a: number = 1;');
  await Promise.all([first, check.begin()]);
  expect(said).toEqual([]);
});
