import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { format, resolveConfig } from 'prettier';
import { migrate } from '#libs/database';
import { createTestDatabase } from '#libs/testing';
import { columnsOf } from '../../tools/make-module/columns.js';
import { Draft } from '../../tools/make-module/draft.js';
import { filesOf } from '../../tools/make-module/files.js';
import { namesOf } from '../../tools/make-module/names.js';

let copy: Draft;
/** Where the generator keeps its own drafts. */
let temporary: string;
let made: Outcome;

beforeAll(async () => {
  copy = await Draft.of(process.cwd());
  temporary = await mkdtemp(join(tmpdir(), 'mainstay-make-module-'));
  made = await makeModule(...(await moduleOfRecipe()));
});
afterAll(() => Promise.all([copy.remove(), rm(temporary, { recursive: true })]));

/** The module that the recipe of AGENTS.md makes, so that the recipe is what is tested. */
async function moduleOfRecipe(): Promise<string[]> {
  const recipe = (await readFile('AGENTS.md', 'utf8')).split('\n## Recipe')[1] ?? '';
  return /^ +npm run make:module -- (.+)$/m.exec(recipe)?.[1]?.split(' ') ?? [];
}

interface Outcome {
  code: number;
  output: string;
}

/** Runs a program of the copy, and returns what it said when it is over. */
async function run(program: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const PATH = [resolve('node_modules/.bin'), process.env.PATH].join(delimiter);
  const child = spawn(program, args, {
    cwd: copy.root,
    env: { ...process.env, PATH, TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: code as number, output: output + errors };
}

const makeModule = (...args: string[]) => run(process.execPath, ['tools/run.mjs', 'make-module', ...args]);
/** The same without a build: nothing has changed since the last one. */
const makeAnother = (...args: string[]) =>
  run(process.execPath, ['build/tools/make-module/make-module.js', ...args]);
const generated = (path: string) => readFile(join(copy.root, path), 'utf8');

describe('a new module', () => {
  it('is a folder, a test, a migration, and a place in everything that must know it', async () => {
    expect(made.code).toBe(0);
    const paths = await copy.changes();
    expect(paths.map((path) => path.replace(/\d{4}_/, 'NNNN_'))).toEqual([
      '.dependency-cruiser.mjs',
      'README.md',
      'apps/api/api.module.ts',
      'apps/worker/worker.module.ts',
      'docs/problems.md',
      'docs/routes.md',
      'drizzle/NNNN_add_museum_pieces.sql',
      'drizzle/meta/NNNN_snapshot.json',
      'drizzle/meta/_journal.json',
      'libs/client/schema.generated.ts',
      'modules/museum-pieces/index.ts',
      'modules/museum-pieces/museum-pieces.contract.ts',
      'modules/museum-pieces/museum-pieces.controller.ts',
      'modules/museum-pieces/museum-pieces.jobs.ts',
      'modules/museum-pieces/museum-pieces.module.ts',
      'modules/museum-pieces/museum-pieces.processor.ts',
      'modules/museum-pieces/museum-pieces.schema.ts',
      'modules/museum-pieces/museum-pieces.service.ts',
      'openapi.json',
      'test/api/museum-pieces/museum-pieces.spec.ts',
      'test/boundaries/offences.ts',
    ]);
    for (const path of paths) expect(made.output).toContain(path);
  });

  it('passes the gate', async () => {
    const paths = await copy.changes();
    const code = paths.filter((path) => path.endsWith('.ts'));
    const migration = paths.filter((path) => path.endsWith('.sql'));
    const [format, lint, boundaries, migrations, deadCode] = await Promise.all([
      run('prettier', ['--check', '--ignore-unknown', '--log-level', 'warn', ...paths]),
      // oxlint with types instead of tsc: the same compiler's rules, for these files alone, in a quarter of the time.
      run('oxlint', ['--type-check', '--quiet', ...code]),
      run('depcruise', ['-T', 'err', 'apps', 'modules']),
      run('squawk', ['--assume-in-transaction', ...migration]),
      run('knip', ['--no-progress']),
    ]);
    expect(format).toEqual(passed);
    for (const outcome of [lint, boundaries, migrations]) expect(outcome).toMatchObject({ code: 0 });
    expect(deadCode.output).not.toMatch(/museum/i);
  });
  const passed: Outcome = { code: 0, output: '' };

  it('works: its own tests pass', async () => {
    const database = await createTestDatabase();
    try {
      await migrate({ connectionString: database.url, folder: join(copy.root, 'drizzle') });
      const { default: config } = (await import(pathToFileURL(resolve('jest.config.mjs')).href)) as {
        default: object;
      };
      // The services of this run serve the inner one as well, with a template that has the new table.
      const inner = { ...config, rootDir: copy.root, globalSetup: null, globalTeardown: null };
      const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', 'test/api/museum'];
      const { code, output } = await run(process.execPath, [...jest, '--config', JSON.stringify(inner)], {
        TEST_DATABASE_TEMPLATE: new URL(database.url).pathname.slice(1),
      });
      expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('7 passed') });
    } finally {
      await database.drop();
    }
  });

  it('is what docs/features.md shows', async () => {
    const guide = await readFile('docs/features.md', 'utf8');
    const excerpts = [...guide.matchAll(/^From `([^`]+)`:\n\n```ts\n([^]*?)^```$/gm)];
    expect(excerpts.length).toBeGreaterThan(3);
    const written = new Map(filesOf(namesOf('invoices'), columnsOf(['title:text', 'due_date:date?'])));
    const options = { ...(await resolveConfig('docs/features.md')), parser: 'typescript' };
    for (const [, path, excerpt] of excerpts) {
      const code = await format(written.get(`modules/invoices/${path}`) ?? '', options);
      expect(unindented(code)).toContain(unindented(excerpt!));
    }
  });
});

describe('a feature that cannot be', () => {
  it.each([
    ['a column of no type', ['projects', 'name:text', 'due_date:dat'], '"dat" is no type of a column'],
    ['a module of that name', ['users'], 'modules/users exists'],
  ])('changes nothing: %s', async (_, args, reason) => {
    const before = await copy.changes();
    const { code, output } = await makeAnother(...args);
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining(`mainstay: `) });
    expect(output).toContain(reason);
    expect(await copy.changes()).toEqual(before);
  });

  // `arguments` is a fine word and a forbidden variable: the build of the draft finds that out, when all is written.
  it('leaves nothing behind when a later step fails', async () => {
    const [before, journal] = [await copy.changes(), await generated('drizzle/meta/_journal.json')];
    const { code, output } = await makeAnother('arguments');
    expect(code).toBe(1);
    expect(output).toContain('so nothing was made');
    expect(await copy.changes()).toEqual(before);
    expect(await generated('drizzle/meta/_journal.json')).toBe(journal);
    expect((await readdir(temporary)).filter((name) => name.startsWith('mainstay-draft-'))).toEqual([]);
  });
});

/** An excerpt may start deeper than the guide shows it. */
function unindented(code: string): string {
  return code.replaceAll(/^ +/gm, '');
}
