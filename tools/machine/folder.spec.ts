import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { withDevelopmentSecrets } from './environment.js';
import { makeFolder, removeFolder } from './folder.js';

it('a folder is made with those above it, once', () => {
  const root = mkdtempSync(join(tmpdir(), 'mainstay-folder-'));
  const deep = join(root, 'a', 'b', 'c');
  makeFolder(deep);
  makeFolder(deep);
  expect(statSync(deep).isDirectory()).toBe(true);
  rmSync(root, { recursive: true });
});

it('a folder is removed, although another process removes what is in it at the same time', async () => {
  const root = mkdtempSync(join(tmpdir(), 'mainstay-folder-'));
  const inner = join(root, 'data');
  makeFolder(inner);
  for (let file = 0; file < 5000; file += 1) writeFileSync(join(inner, String(file)), '');
  const script = `const { readdirSync, rmSync } = require('node:fs');
    const files = readdirSync('.');
    process.stdout.write('ready');
    for (const file of files) rmSync(file, { force: true });`;
  const other = spawn(process.execPath, ['-e', script], { cwd: inner, stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(other, 'exit');
  await once(other.stdout!, 'data');
  await removeFolder(root);
  expect(existsSync(root)).toBe(false);
  expect(await exit).toEqual([0, null]);
});

// Linux alone has /proc; elsewhere nothing of this kind is known.
const folders = existsSync('/proc/self') ? ['/proc/nope'] : [];

it.each(folders)('a data folder that cannot be made is told at once: %s', (folder) => {
  expect(() => withDevelopmentSecrets({ DATA_DIR: `${folder}/data` })).toThrow(
    `The data directory cannot be used (ENOENT: ${folder}). Start as the user that owns it, or set DATA_DIR to another one.`,
  );
});
