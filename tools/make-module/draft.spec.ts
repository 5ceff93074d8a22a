import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Draft } from './draft.js';

let origin: string;
let draft: Draft;
beforeEach(async () => {
  origin = await mkdtemp(join(tmpdir(), 'mainstay-origin-'));
  for (const folder of ['docs', 'dist']) await mkdir(join(origin, folder));
  await writeFile(join(origin, 'docs/a.md'), 'a');
  await writeFile(join(origin, 'dist/a.js'), 'built');
  draft = await Draft.of(origin);
});
afterEach(() => Promise.all([draft.remove(), rm(origin, { recursive: true })]));

const everything = async () => {
  const entries = await readdir(origin, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(
    await Promise.all(
      files.map(async (path) => [path.slice(origin.length + 1), await readFile(path, 'utf8')]),
    ),
  ) as Record<string, string>;
};

it('changes the original only when it is published', async () => {
  await draft.edit('docs/a.md', (text) => `${text}b`);
  await draft.write('docs/new/c.md', 'c');
  await draft.write('dist/b.js', 'built in the draft');
  expect(await everything()).toEqual({ 'docs/a.md': 'a', 'dist/a.js': 'built' });
  expect(await draft.publish()).toEqual(['docs/a.md', 'docs/new/c.md']);
  expect(await everything()).toEqual({ 'docs/a.md': 'ab', 'docs/new/c.md': 'c', 'dist/a.js': 'built' });
});

it('does not write over what somebody changed or made meanwhile', async () => {
  await draft.write('docs/a.md', 'b');
  await draft.write('docs/c.md', 'c');
  await writeFile(join(origin, 'docs/c.md'), 'of somebody else');
  await expect(draft.publish()).rejects.toThrow('docs/c.md was changed by somebody else');
  expect(await everything()).toMatchObject({ 'docs/a.md': 'a', 'docs/c.md': 'of somebody else' });
  await rm(join(origin, 'docs/c.md'));
  await writeFile(join(origin, 'docs/a.md'), 'newer');
  await expect(draft.publish()).rejects.toThrow('docs/a.md was changed by somebody else');
});

it('takes everything back when a file cannot be written', async () => {
  await draft.write('docs/a.md', 'b');
  await draft.write('docs/new/c.md', 'c');
  await draft.write('docs/z.md', 'z');
  // What is written beside the file before it takes its place cannot be made: a folder has the name.
  await mkdir(join(origin, `docs/z.md.${process.pid}.new`));
  await expect(draft.publish()).rejects.toThrow('EISDIR');
  expect(await everything()).toEqual({ 'docs/a.md': 'a', 'dist/a.js': 'built' });
  expect(await readdir(join(origin, 'docs'))).not.toContain('new');
});
