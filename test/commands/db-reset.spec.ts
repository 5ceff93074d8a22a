import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { openOwnDatabase } from '../../tools/database/own-database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.pool
    .query(`create table tried_out (id int); create schema other; create table other.things (id int);
    insert into users (id, email, name, role, status) values (gen_random_uuid(), 'a@example.com', 'A', 'member', 'active')`);
});
afterAll(() => db.drop());

const run = (command: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
  new Promise<{ code: number; output: string }>((done) => {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const script = `build/tools/database/${command}.js`;
    const all = { PATH, NODE_COMPILE_CACHE, NODE_ENV: 'development', DATABASE_URL: db.url, ...env };
    execFile(process.execPath, [script, ...args], { env: all }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    ).stdin?.end();
  });

const count = async (what: string) =>
  (await db.pool.query<{ n: number }>(`select count(*)::int as n from ${what}`)).rows[0]!.n;

describe('a database that is not for development', () => {
  const open = (env: NodeJS.ProcessEnv) =>
    openOwnDatabase('npm run db:reset', { DATABASE_URL: db.url, ...env });

  it.each([
    ['of production', { NODE_ENV: 'production' }, 'NODE_ENV is production; nothing was changed'],
    [
      'on another machine',
      { DATABASE_URL: 'postgres://app:hunter2@db.example.com/x' },
      'leads to db.example.com',
    ],
    [
      'on one that looks like this',
      { DATABASE_URL: 'postgres://localhost.example.com/x' },
      'localhost.example.com',
    ],
    ['at another address', { DATABASE_URL: 'postgres://10.0.0.7/x' }, 'leads to 10.0.0.7'],
    [
      'that a parameter names',
      { DATABASE_URL: 'postgres://localhost/x?host=db.example.com' },
      'leads to db.example.com',
    ],
  ])('is never opened: %s', async (_, env: NodeJS.ProcessEnv, reason) => {
    await expect(open(env)).rejects.toThrow(reason);
    await expect(open(env)).rejects.not.toThrow('hunter2');
  });

  it.each(['localhost', '127.0.0.1', '[::1]'])('is none on this machine: %s', async (host) => {
    const { server } = await open({ DATABASE_URL: `postgres://${host}:5432/mainstay` });
    expect(server).toMatch(/^mainstay on .*:5432$/);
  });

  it.each(['db-reset', 'db-seed'])('is not changed by npm run %s', async (command) => {
    const args = command === 'db-reset' ? ['--yes'] : [];
    const { code, output } = await run(command, args, { NODE_ENV: 'production' });
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('nothing was changed') });
    expect(await count('users')).toBe(1);
  });
});

describe('npm run db:reset', () => {
  it('changes nothing without a yes, or while the applications run', async () => {
    expect(await run('db-reset', [])).toEqual({
      code: 1,
      output: expect.stringContaining('npm run db:reset -- --yes'),
    });
    const application = new pg.Client({ connectionString: db.url, application_name: 'mainstay-worker' });
    await application.connect();
    const { code, output } = await run('db-reset', ['--yes']);
    await application.end();
    expect({ code, output }).toEqual({
      code: 1,
      output: expect.stringContaining('in use by mainstay-worker'),
    });
    expect(await count('tried_out')).toBe(0);
  });

  it('leaves a new database, migrated and seeded, that seeding again does not change', async () => {
    const before = await count('schema_migrations');
    const { code, output } = await run('db-reset', ['--yes']);
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringContaining('is new, migrated and seeded'),
    });
    expect(await count('users')).toBe(100);
    expect(await count(`users where email = 'a@example.com'`)).toBe(0);
    expect(await count('schema_migrations')).toBe(before);
    expect(await count('bullmq.migration')).toBeGreaterThan(0);
    expect(await count(`pg_class where relname in ('tried_out', 'things')`)).toBe(0);

    const again = await run('db-seed', []);
    expect(again).toEqual({ code: 0, output: expect.stringContaining('mainstay: 0 rows are new in') });
  });
});
