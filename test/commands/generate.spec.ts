import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

/** A folder with the code and with a copy of everything that is made from it. */
let root: string;
const derived = ['openapi.json', 'libs/client/schema.generated.ts', 'docs/routes.md', 'docs/problems.md'];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mainstay-derived-'));
  for (const name of ['build', 'node_modules', 'ops']) await symlink(resolve(name), join(root, name));
  for (const path of ['package.json', ...derived]) await cp(path, join(root, path));
});
afterAll(() => rm(root, { recursive: true }));

// What it writes is seen where a feature is made: make-module.spec.ts.
it('the gate names what is not up to date, and the command that mends it', async () => {
  for (const path of derived) {
    const text = await readFile(path, 'utf8');
    // One line near the end is missing, as after somebody added a route, a view or a problem.
    await writeFile(join(root, path), text.split('\n').toSpliced(-3, 1).join('\n'));
  }
  const check = promisify(execFile)(
    process.execPath,
    [resolve('build/tools/generate/generate.js'), '--check'],
    {
      cwd: root,
    },
  );
  await expect(check).rejects.toMatchObject({
    code: 1,
    stderr: `mainstay: not up to date: ${derived.join(', ')}\nRun: npm run generate\n`,
  });
});
