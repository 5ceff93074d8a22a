import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { watchSources } from './watch.js';

let root: string;
let file: string;
let calls: number;
let close: () => Promise<void>;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'mainstay-watch-'));
  mkdirSync(join(root, 'modules/users/csv'), { recursive: true });
  file = join(root, 'modules/users/csv/rows.ts');
  writeFileSync(file, '0');
  calls = 0;
  close = await watchSources([join(root, 'modules')], () => (calls += 1));
});
afterEach(async () => {
  await close();
  rmSync(root, { recursive: true });
});

const inPlace = (text: string) => writeFileSync(file, text);

/** Each of these is how some program saves a file. */
const ways: [name: string, save: (text: string) => void][] = [
  ['in place (VS Code, nano)', inPlace],
  [
    'by a file that replaces it (JetBrains, sed -i, prettier)',
    (text) => {
      writeFileSync(`${file}___jb_tmp___`, text);
      renameSync(`${file}___jb_tmp___`, file);
    },
  ],
  [
    'beside a backup (vim)',
    (text) => {
      renameSync(file, `${file}~`);
      writeFileSync(file, text);
      rmSync(`${file}~`);
    },
  ],
  [
    'as a file that is removed and written again (git checkout)',
    (text) => {
      rmSync(file);
      writeFileSync(file, text);
    },
  ],
  [
    'with its folder (git checkout of another branch)',
    (text) => {
      const folder = join(root, 'modules/users');
      cpSync(folder, join(root, 'other'), { recursive: true });
      rmSync(folder, { recursive: true });
      renameSync(join(root, 'other'), folder);
      writeFileSync(file, text);
    },
  ],
];

it.each(ways)('a file is watched however often it is saved %s', async (_, save) => {
  for (const count of [1, 2, 3]) {
    const before = calls;
    save(`save ${count}`);
    expect(await eventually(async () => calls > before, { what: `save ${count} to be seen` })).toBe(true);
  }
});

it('a save of one kind does not hide the next of another', async () => {
  for (const [name, save] of [...ways, ...ways]) {
    const before = calls;
    save(`${name} ${before}`);
    expect(await eventually(async () => calls > before, { what: `the save ${name} to be seen` })).toBe(true);
  }
});

it('files that are no source are no change', async () => {
  writeFileSync(join(root, 'modules/users/notes.md'), 'text');
  writeFileSync(join(root, 'modules/users/.rows.ts.swp'), 'text');
  inPlace('1');
  await eventually(async () => calls > 0);
  expect(calls).toBe(1);
});
