import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { withDevelopmentSecrets } from './environment.js';
import { makeFolder } from './folder.js';

it('a folder is made with those above it, once', () => {
  const root = mkdtempSync(join(tmpdir(), 'mainstay-folder-'));
  const deep = join(root, 'a', 'b', 'c');
  makeFolder(deep);
  makeFolder(deep);
  expect(statSync(deep).isDirectory()).toBe(true);
  rmSync(root, { recursive: true });
});

// Linux alone has /proc; elsewhere nothing of this kind is known.
const folders = existsSync('/proc/self') ? ['/proc/nope'] : [];

it.each(folders)('a data folder that cannot be made is told at once: %s', (folder) => {
  expect(() => withDevelopmentSecrets({ DATA_DIR: `${folder}/data` })).toThrow(
    `The data directory cannot be used (ENOENT: ${folder}). Start as the user that owns it, or set DATA_DIR to another one.`,
  );
});
