import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { versionIn } from './version.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'version-'));
  await mkdir(join(root, 'dist'));
  await writeFile(join(root, 'package.json'), '{ "version": "1.2.3" }');
});
afterAll(() => rm(root, { recursive: true }));

const at = (path: string) => pathToFileURL(join(root, path)).href;

describe('the version of a process', () => {
  it('tells two builds of one release apart', async () => {
    await writeFile(join(root, 'dist/.made-of'), 'a'.repeat(64));
    expect(versionIn(root, at('dist/chunks/ops.js'))).toBe('1.2.3+aaaaaaaaaaaa');
    await writeFile(join(root, 'dist/.made-of'), 'b'.repeat(64));
    expect(versionIn(root, at('dist/chunks/ops.js'))).toBe('1.2.3+bbbbbbbbbbbb');
  });

  it('names no build for what does not run from dist/', () => {
    expect(versionIn(root, at('build/libs/observability/version.js'))).toBe('1.2.3');
  });
});
