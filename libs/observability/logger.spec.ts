import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import type { Principal } from '#libs/access';
import { runInContext } from '#libs/context';
import { createPool, Database } from '#libs/database';
import { costOf } from '#libs/testing';
import { withoutAddresses } from './addresses.js';
import { loggerOptions } from './logger-options.js';
import { resourceOf } from './resource.js';

const canary = 'canary-7f3a';
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const lines: string[] = [];
const log = pino(loggerOptions(resourceOf('api'), 'debug'), { write: (line: string) => lines.push(line) });

/** Returns the line that was written, which must be one line of JSON. */
function written(write: () => void): Record<string, unknown> {
  lines.length = 0;
  write();
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0]!) as Record<string, unknown>;
}

async function failureOf(work: () => Promise<unknown>): Promise<Error> {
  return work().then(
    () => Promise.reject(new Error('It did not fail.')),
    (error: Error) => error,
  );
}

describe('a line', () => {
  it('names the service, the level and the time', () => {
    const line = written(() => log.warn('careful'));
    expect(line).toMatchObject({ ...resourceOf('api'), level: 'warn', msg: 'careful' });
    expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('names the request, the principal and the trace it belongs to', () => {
    const principal: Principal = {
      kind: 'user',
      id: 'user-1',
      session: { id: canary, isSudo: false },
      permissions: new Set(),
    };
    const line = written(() =>
      runInContext({ requestId: 'request-1', principal, traceparent }, () => log.info('done')),
    );
    expect(line).toMatchObject({
      request_id: 'request-1',
      principal_id: 'user-1',
      trace_id: '0af7651916cd43dd8448eb211c80319c',
    });
    expect(lines[0]).not.toContain(canary);
  });

  it('keeps the fields it is given', () => {
    const line = written(() =>
      log.info({ job: 'users.import', done: 5, at: new Date(0), of: [{ row: 1 }] }, 'step'),
    );
    expect(line).toMatchObject({
      job: 'users.import',
      done: 5,
      at: '1970-01-01T00:00:00.000Z',
      of: [{ row: 1 }],
    });
  });
});

describe('a secret stays out of the log', () => {
  it.each([
    { password: canary },
    { user: { token: canary } },
    { list: [{ headers: { cookie: canary } }] },
    { Authorization: canary },
    { err: { password: canary } },
    { deep: { er: { and: { deep: { er: { name: canary } } } } } },
    { url: `/reset?token=${canary}` },
    { params: [canary] },
  ])('as a field: %j', (fields) => {
    written(() => log.info(fields, 'text'));
    expect(lines[0]).not.toContain(canary);
  });

  it('in a request or another instance of a class', () => {
    const request = new IncomingMessage(new Socket());
    request.url = `/${canary}`;
    request.headers.cookie = canary;
    expect(
      written(() => log.info({ req: request, other: new Map([[canary, canary]]) }, 'text')),
    ).toMatchObject({
      req: '[IncomingMessage]',
      other: '[Map]',
    });
    expect(lines[0]).not.toContain(canary);
  });

  it('in the error of a parser', () => {
    const error = (() => {
      try {
        return JSON.parse(`${canary}`) as Error;
      } catch (thrown) {
        return thrown as Error;
      }
    })();
    expect(error.message).toContain('canary');
    written(() => log.error(error));
    expect(lines[0]).not.toContain('canary-');
  });
});

describe('the error of a query', () => {
  // The pool has one connection, so that every query sees the temporary table and the table goes with the pool.
  const db = new Database(createPool(process.env.TEST_DATABASE_ADMIN_URL!, { role: 'tool', max: 1 }));
  beforeAll(() => db.conn.execute(sql`create temp table accounts (name text unique)`));
  afterAll(() => db.pool.end());

  const ways: [string, (error: Error) => void][] = [
    ['as the error itself', (error) => log.error(error)],
    ['beside a text', (error) => log.error({ err: error }, 'it failed')],
    ['without a text', (error) => log.error({ err: error })],
    ['as the cause of another', (error) => log.error(new Error('wrapped', { cause: error }))],
    ['inside an aggregate', (error) => log.error(new AggregateError([error], 'many'))],
    ['under another name', (error) => log.error({ failure: { of: error } }, 'it failed')],
    ['as the text', (error) => log.error(error.message)],
    ['as a value in the text', (error) => log.error('it failed: %s %o', error.message, error)],
  ];

  it.each(ways)('is logged without its parameters, %s', async (_, write) => {
    const error = await failureOf(() => db.conn.execute(sql`select ${canary}::uuid`));
    expect(error.message).toContain(canary);
    expect(String(error.cause)).toContain(canary);
    written(() => write(error));
    expect(lines[0]).not.toContain(canary);
  });

  it('is logged with what helps: the SQL, the SQLSTATE, the constraint, the stack', async () => {
    const insert = () => db.conn.execute(sql`insert into accounts (name) values (${canary})`);
    await insert();
    const error = await failureOf(insert);
    expect((error.cause as { detail?: string }).detail).toContain(canary);
    const { err } = written(() => log.error(error)) as { err: Record<string, unknown> };
    expect(err).toMatchObject({
      type: 'DrizzleQueryError',
      message: 'Failed query: insert into accounts (name) values ($1)',
      stack: expect.stringMatching(/^ {4}at /),
      cause: { code: '23505', constraint: 'accounts_name_key', table: 'accounts' },
    });
    expect(lines[0]).not.toContain(canary);
  });
});

describe('an e-mail address', () => {
  it.each(['ann@example.com', 'Ann.O-Neill+x@mail.example.co.uk', 'änn@example.com'])(
    'is not logged: %s',
    (address) => {
      const line = written(() => log.info({ note: `to <${address}>` }, `sent to ${address}`));
      expect(line).toMatchObject({ note: 'to <[email]>', msg: 'sent to [email]' });
    },
  );

  it('leaves a line of JSON behind, whatever stands before it', () => {
    const before = ['\n', '\\', '"', '\u0001', '\t', 'u', 'n', ' ', 'é', '\\u0041', '/', '\u2028'];
    for (let round = 0; round < 2000; round += 1) {
      const noise = Array.from({ length: randomInt(6) }, () => before[randomInt(before.length)]).join('');
      const line = JSON.stringify({ msg: `${noise}ann@example.com${noise}` });
      const clean = withoutAddresses(line);
      expect(() => JSON.parse(clean) as unknown).not.toThrow();
      expect(clean).not.toContain('@');
    }
  });

  it('is found with work that grows as the line does, also in one made to be hard', async () => {
    const lineOf = (size: number) => `${'a'.repeat(size)}@${'\\n'.repeat(size)}@${'b.'.repeat(size)}`;
    const [short, long] = [lineOf(10_000), lineOf(80_000)];
    const costOfShort = await costOf(() => withoutAddresses(short));
    // Eight times as much is expected; with the square of the length it would be 64 times.
    expect(await costOf(() => withoutAddresses(long))).toBeLessThan(24 * costOfShort);
  });

  it('is not what a package name looks like', () => {
    const line = '"at /app/node_modules/@nestjs/core/index.js:1:2 and pino@10"';
    expect(withoutAddresses(line)).toBe(line);
  });
});
