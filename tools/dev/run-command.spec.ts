import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#libs/testing';

let db: TestDatabase;
let dir: string;
beforeAll(async () => {
  db = await createTestDatabase();
  dir = await mkdtemp(join(tmpdir(), 'mainstay-run-command-'));
  // Root's servers run under another account, which has to get here.
  await chmod(dir, 0o755);
});
afterAll(async () => {
  await db.drop();
  await rm(dir, { recursive: true });
});

const run = (name: string, given: NodeJS.ProcessEnv, ...args: string[]) =>
  new Promise<{ code: number; output: string }>((done) => {
    const env = { PATH: process.env.PATH, DATA_DIR: join(dir, 'data'), ...given };
    execFile(
      process.execPath,
      ['build/tools/dev/run-command.js', name, ...args],
      { env },
      (error, stdout, stderr) => done({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });

describe('a command in development', () => {
  it('has a database without naming one', async () => {
    const migrated = await run('db-migrate', {});
    expect(migrated).toEqual({ code: 0, output: expect.stringContaining('The database is up to date.') });
  });

  it('has secrets that nobody made, with a database of the developer', async () => {
    const { code, output } = await run('audit-verify', { DATABASE_URL: db.url }, '--json');
    expect([code, JSON.parse(output)]).toEqual([0, expect.objectContaining({ findings: [] })]);
  });

  it('keeps the arguments and the exit code', async () => {
    const { code, output } = await run('audit-verify', { DATABASE_URL: db.url }, '--head', 'latest');
    expect([code, output]).toEqual([1, expect.stringContaining('64 hexadecimal digits')]);
  });

  it('has nothing that was not given in production', async () => {
    const { code, output } = await run('audit-verify', { NODE_ENV: 'production' });
    expect(code).toBe(1);
    expect(output).toContain('DATABASE_URL: is missing');
    expect(output).toContain('SECRET_KEYS: is missing');
  });
});
