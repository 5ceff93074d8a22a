import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createTestDatabase, eventually, giveTime, TcpProxy, type TestDatabase } from '#libs/testing';
import { reportBudget } from './connection-budget.js';
import { type ConnectionPool, createPool, Database, databaseProblem } from './index.js';

/** Milliseconds after which a query counts as unanswered, where nobody answers it. */
const shortLimit = 500;
const unanswered = { text: 'select 1', query_timeout: shortLimit };

let test: TestDatabase;
let proxy: TcpProxy;
const pools: ConnectionPool[] = [];
const roles: string[] = [];

beforeEach(async () => {
  test = await createTestDatabase();
  proxy = await TcpProxy.to(test.url);
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
  for (const role of roles.splice(0)) await test.pool.query(`drop role ${role}`);
  await proxy.down();
  await test.drop();
});

function poolOf(max: number): ConnectionPool {
  return kept(createPool(proxy.through(test.url), { role: 'api', max }));
}

/** Ends with the test, and waits as long as a slow machine needs. */
function kept(pool: ConnectionPool): ConnectionPool {
  pools.push(giveTime(pool));
  return pool;
}

/** As many connections as there are queries at once. */
const fill = (pool: ConnectionPool, count: number) =>
  Promise.all(Array.from({ length: count }, () => pool.query('select pg_sleep(0.1)')));

describe('connections that fell silent', () => {
  it('cost one time-out together, in every pool to their server', async () => {
    const [first, second] = [poolOf(4), poolOf(4)];
    await Promise.all([fill(first, 4), fill(second, 4)]);
    proxy.silence();
    const error = await first.query(unanswered).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: 'Query read timeout' });
    for (const pool of [first, second])
      for (let time = 0; time < 5; time += 1) expect((await pool.query('select 1')).rowCount).toBe(1);
  });

  it('are taken from those who wait on them, and from those who only listen', async () => {
    const [first, second] = [poolOf(2), poolOf(2)];
    const [listener, worker] = [await second.connect(), await second.connect()];
    await listener.query('listen something');
    await fill(first, 1);
    proxy.silence();
    const ended = once(listener, 'end');
    const waiting = worker.query('select 1').catch((thrown: unknown) => thrown);
    await first.query(unanswered).catch(() => {});
    await ended.catch(() => {});
    expect(await waiting).toMatchObject({ message: expect.stringMatching(/^Connection terminated/) });
    listener.release();
    worker.release();
    expect((await second.query('select 1')).rowCount).toBe(1);
  });

  it('leave alone what answers: a statement that takes long beside them is not ended', async () => {
    const pool = poolOf(2);
    const busy = await pool.connect();
    await busy.query('listen progress');
    const idle = await pool.connect();
    idle.release();
    let ticks = 0;
    busy.on('notification', () => (ticks += 1));
    // Another connection of the server tells it something all the time, as a long answer does.
    const ticking = setInterval(() => void test.pool.query('notify progress').catch(() => {}), 50);
    await pool.query({ ...unanswered, text: 'select pg_sleep(5)' }).catch(() => {});
    const before = ticks;
    await eventually(async () => ticks > before + 40, {
      what: 'the connection lives for more than the look',
    });
    clearInterval(ticking);
    expect((await busy.query('select 1')).rowCount).toBe(1);
    busy.release();
  });
});

describe('a server without a free connection', () => {
  /** Returns the URL of a role that may have so many connections. */
  async function limited(connections: number): Promise<string> {
    const role = `few_${process.pid}_${Date.now()}`;
    await test.pool.query(`create role ${role} login password 'few' connection limit ${connections}`);
    roles.push(role);
    const url = new URL(proxy.through(test.url));
    url.username = role;
    url.password = 'few';
    return url.href;
  }

  it('makes the pool wait for a connection that it has, and take no more from then on', async () => {
    const pool = kept(createPool(await limited(3), { role: 'api', max: 10 }));
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => pool.query('select pg_sleep(0.01)').then(({ rowCount }) => rowCount)),
    );
    expect(answers).toEqual(Array.from({ length: 40 }, () => 1));
    expect(pool.options.max).toBe(3);
  });

  it('is compared at the start with what the process may take', async () => {
    const lines: string[] = [];
    Logger.overrideLogger({ log: () => {}, error: () => {}, warn: (line: string) => lines.push(line) });
    try {
      const url = await limited(6);
      const fits = kept(createPool(url, { role: 'api', max: 2 }));
      reportBudget(fits);
      await eventually(async () => fits.idleCount > 0, { what: 'it asked' });
      const pool = kept(createPool(url, { role: 'worker', max: 6 }));
      reportBudget(pool);
      await eventually(async () => lines.length > 0, { what: 'the line' });
      expect(lines).toEqual([
        expect.stringMatching(
          /^This process may take 8 connections \(DATABASE_POOL_MAX\), and Postgres gives 6, of which others have \d+\./,
        ),
      ]);
    } finally {
      Logger.overrideLogger(false);
    }
  });

  it('is asked again by a pool that has none, and does not make a pool take less than it needs', async () => {
    const url = await limited(2);
    const [greedy, needy] = [2, 2].map((max) => kept(createPool(url, { role: 'api', max, least: 2 })));
    const held = [await greedy!.connect(), await greedy!.connect()];
    const waiting = needy!.connect();
    await eventually(async () => proxy.connections > 3, { what: 'it asks again' });
    for (const client of held) client.release(true);
    (await waiting).release();
    expect(needy!.options.max).toBe(2);
  });

  it('refuses for as long as a caller waits, which the caller hears as "unavailable"', async () => {
    const url = await limited(1);
    const [greedy, needy] = [1, 1].map((max) => kept(createPool(url, { role: 'api', max })));
    needy!.options.connectionTimeoutMillis = shortLimit;
    const held = await greedy!.connect();
    const error = await new Database(needy!)
      .transaction(() => Promise.resolve(), { onBegin: 'select 1' })
      .catch((thrown: unknown) => thrown);
    expect(databaseProblem(error)?.kind).toBe('unavailable');
    held.release();
  });
});
