import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { shippedCommands } from '../support/commands.js';

let db: TestDatabase;
let dir: string;
/** As the compose file has it: production, with its secrets in files. */
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  db = await createTestDatabase();
  dir = await mkdtemp(join(tmpdir(), 'mainstay-commands-'));
  await writeFile(join(dir, 'database_url'), `${db.url}\n`);
  await writeFile(join(dir, 'secret_keys'), `${randomBytes(32).toString('base64url')}\n`);
  env = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://api.example.com',
    SMTP_URL: 'smtps://mail.example.com',
    MAIL_FROM: 'Mainstay <no-reply@example.com>',
    DATABASE_URL_FILE: join(dir, 'database_url'),
    SECRET_KEYS_FILE: join(dir, 'secret_keys'),
  };
});
afterAll(async () => {
  await db.drop();
  await rm(dir, { recursive: true });
});

/** A built command, as the image runs it. */
const run = (name: string, args: string[], more: NodeJS.ProcessEnv = {}) =>
  new Promise<{ code: number; output: string }>((done) => {
    execFile(
      process.execPath,
      [`dist/commands/${name}.js`, ...args],
      { env: { ...env, ...more } },
      (error, stdout, stderr) => done({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });

describe('a command where Mainstay is installed', () => {
  it.each(shippedCommands)('reads its secrets from files: %s', async (name, args, said) => {
    expect(await run(name, args)).toEqual({ code: 0, output: expect.stringContaining(said) });
  });

  it('is one of those that this test runs', () => {
    const names = globSync('commands/*.ts').map((path) => basename(path, '.ts'));
    expect(shippedCommands.map(([name]) => name).toSorted()).toEqual(names.toSorted());
  });

  it('gets no secret that it does not need: a migration has the database alone', async () => {
    const { code } = await run('db-migrate', [], {
      SECRET_KEYS_FILE: join(dir, 'not-mounted'),
      DATABASE_URL_FILE: '',
      DATABASE_URL: db.url,
    });
    expect(code).toBe(0);
  });

  it('names what is missing, and what is given twice', async () => {
    const [nothing, twice] = await Promise.all([
      run('db-status', [], { DATABASE_URL_FILE: '' }),
      run('db-status', [], { DATABASE_URL: db.url }),
    ]);
    expect(nothing).toEqual({ code: 1, output: expect.stringContaining('DATABASE_URL: is missing') });
    expect(twice).toEqual({ code: 1, output: expect.stringContaining('DATABASE_URL: is set twice') });
  });

  it('explains itself, and refuses what it does not know before it does anything', async () => {
    const nothing = { DATABASE_URL_FILE: '' };
    const [help, option, argument] = await Promise.all(
      ['--help', '--jsn', 'now'].map((given) => run('db-status', [given], nothing)),
    );
    expect(help).toEqual({ code: 0, output: expect.stringMatching(/^npm run db:status -- \[--json\]\n/) });
    expect(option).toEqual({ code: 2, output: expect.stringContaining("Unknown option '--jsn'") });
    expect(argument).toEqual({ code: 2, output: expect.stringContaining("Unknown argument 'now'") });
    expect(option!.output).toContain('npm run db:status -- [--json]');
  });

  it('ends with 1 when the doctor finds something', async () => {
    const { code, output } = await run('doctor', [], { SMTP_URL: '', REDIS_URL: 'redis://127.0.0.1:1' });
    expect(code).toBe(1);
    expect(output).toContain('SMTP_URL: production needs it');
    expect(output).toMatch(/problem {2}Redis answers[^\n]*127\.0\.0\.1:1/);
    expect(output).toContain('2 of the checks found a problem.');
  });
});
