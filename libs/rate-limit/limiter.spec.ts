import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool, Database } from '#libs/database';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { Limiter } from './limiter.js';
import type { LimitStore } from './limit-store.js';
import { PostgresStore } from './postgres-store.js';
import { RedisStore } from './redis-store.js';

const hour = 3_600_000;
const redisUrl = process.env.TEST_REDIS_URL;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

interface Backend {
  store: LimitStore;
  /** Cuts it off from what the others share. */
  stop: () => Promise<unknown>;
}

function postgres(): Backend {
  const pool = createPool(database.url, { role: 'api', max: 4 });
  const store = new PostgresStore(new Database(pool));
  return { store, stop: () => store.close().then(() => pool.end()) };
}

function redis(url: string): Backend {
  const store = new RedisStore(url);
  return { store, stop: () => store.close() };
}

const backends: [string, () => Backend][] = [
  ['Postgres', postgres],
  ...(redisUrl ? [['Redis', () => redis(redisUrl)] satisfies [string, () => Backend]] : []),
];

describe.each(backends)('a limiter on %s', (_, newBackend) => {
  const running: Backend[] = [];
  /** A process of its own: what two share, they share in the store. */
  async function start(): Promise<Limiter> {
    const backend = newBackend();
    running.push(backend);
    const limiter = new Limiter(backend.store);
    await limiter.onModuleInit();
    return limiter;
  }
  const stopAll = () => Promise.all(running.splice(0).map((backend) => backend.stop()));

  let here: Limiter;
  let there: Limiter;
  let key: string;
  beforeEach(async () => {
    key = randomUUID();
    [here, there] = await Promise.all([start(), start()]);
  });
  afterEach(stopAll);

  it('lets exactly the quota pass, of many requests at once in two processes', async () => {
    const verdicts = await Promise.all(
      Array.from({ length: 200 }, (_, index) => (index % 2 ? here : there).increment(key, hour, 50)),
    );
    const passed = verdicts.filter(({ isBlocked }) => !isBlocked).map(({ totalHits }) => totalHits);
    expect(passed.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  it.each([1, 3, 7, 600, 99_991])('gives a fresh caller all of a quota of %i a minute', async (limit) => {
    const first = await here.increment(key, 60_000, limit);
    expect(first).toMatchObject({ totalHits: 1, isBlocked: false });
    const rest = await Promise.all(
      Array.from({ length: Math.min(limit, 700) - 1 }, () => here.increment(key, 60_000, limit)),
    );
    expect(rest.filter(({ isBlocked }) => isBlocked)).toEqual([]);
  });

  it('counts each caller alone', async () => {
    await here.increment(key, hour, 1);
    const [same, other] = await Promise.all([
      here.increment(key, hour, 1),
      here.increment(randomUUID(), hour, 1),
    ]);
    expect([same.isBlocked, other.isBlocked]).toEqual([true, false]);
  });

  it('says when the next request passes, and lets it pass then and one only', async () => {
    await here.increment(key, 2000, 2);
    await here.increment(key, 2000, 2);
    const refused = await there.increment(key, 2000, 2);
    expect(refused.isBlocked).toBe(true);
    expect(refused.timeToBlockExpire).toBeGreaterThan(0);
    expect(refused.timeToBlockExpire).toBeLessThanOrEqual(1);

    await sleep(refused.timeToBlockExpire * 1000 + 1);
    const both = await Promise.all([here.increment(key, 2000, 2), there.increment(key, 2000, 2)]);
    expect(both.filter(({ isBlocked }) => !isBlocked)).toHaveLength(1);
  });

  it('does not make a caller wait longer for asking again', async () => {
    await here.increment(key, hour, 1);
    const before = await there.increment(key, hour, 1);
    // A process asks once and remembers, so each of these is a new one.
    for (let asked = 0; asked < 5; asked += 1) await (await start()).increment(key, hour, 1);
    const after = await there.increment(key, hour, 1);
    expect(after.timeToBlockExpire).toBeLessThan(before.timeToBlockExpire);
  });

  it('refuses a caller without a quota left even when the store cannot be asked', async () => {
    await here.increment(key, hour, 1);
    await stopAll();
    expect(await here.increment(key, hour, 1)).toMatchObject({ isBlocked: true });
    await expect(here.increment(randomUUID(), hour, 1)).rejects.toBeInstanceOf(Error);
  });

  it('has for a key again what was given back, and not more than the quota', async () => {
    const quota = { limit: 3, seconds: 3600 };
    const passed = async (count: number) => {
      const verdicts = await Promise.all(Array.from({ length: count }, () => there.count(key, quota)));
      return verdicts.filter(({ isBlocked }) => !isBlocked).length;
    };
    expect(await passed(5)).toBe(3);
    await here.refund(key, quota, 1);
    expect(await passed(5)).toBe(1);
    await here.refund(key, quota, 3);
    await here.refund(key, quota, 3);
    expect(await passed(9)).toBe(3);
    await here.refund(randomUUID(), quota, 1);
  });

  it('asks once for all who come while it is asking', async () => {
    const { store, stop } = newBackend();
    let asked = 0;
    const counting: LimitStore = {
      open: () => store.open(),
      refund: (...args) => store.refund(...args),
      close: () => store.close(),
      take: (...args) => {
        asked += 1;
        return store.take(...args);
      },
    };
    const limiter = new Limiter(counting);
    await limiter.onModuleInit();
    const first = limiter.increment(key, hour, 100);
    const rest = Array.from({ length: 98 }, (_, index) => limiter.increment(`${key}${index % 7}`, hour, 100));
    await Promise.all([first, ...rest]);
    await stop();
    expect(asked).toBeLessThanOrEqual(2);
  });
});

describe('a sweep of the Postgres store', () => {
  it('deletes what is a minute past and keeps the rest', async () => {
    const pool = createPool(database.url, { role: 'api', max: 1 });
    await pool.query(`insert into rate_limits (key, tat, granted) values
      ('past', now() - interval '61 s', 1), ('recent', now() - interval '50 s', 1), ('ahead', now() + interval '1 h', 1)`);
    await new PostgresStore(new Database(pool)).sweep();
    const { rows } = await pool.query(
      `select key from rate_limits where key in ('past', 'recent', 'ahead') order by key`,
    );
    await pool.end();
    expect(rows).toEqual([{ key: 'ahead' }, { key: 'recent' }]);
  });
});
