import { Redis } from 'ioredis';

/** Seconds until a database that a killed test run did not release is free again: longer than any run. */
const heldFor = 7200;

export interface RedisDatabase {
  url: string;
  release(): Promise<void>;
}

/**
 * Takes an empty database of the test run's Redis, so that no other test uses it meanwhile: queues have the same names in all
 * tests. Database 0 records which are taken; no test keeps jobs there. Throws when all are taken.
 */
export async function takeRedisDatabase(): Promise<RedisDatabase> {
  const url = new URL(String(process.env.TEST_REDIS_URL));
  const register = new Redis(url.href);
  const key = (number: number) => `mainstay-test:database:${number}`;
  const release = async (number: number) => {
    await register.del(key(number));
    register.disconnect();
  };
  const [, count] = (await register.config('GET', 'databases')) as [string, string];
  for (let number = 1; number < Number(count); number += 1) {
    if (!(await register.set(key(number), process.pid, 'EX', heldFor, 'NX'))) continue;
    url.pathname = `/${number}`;
    const redis = new Redis(url.href);
    await redis.flushdb();
    redis.disconnect();
    return { url: url.href, release: () => release(number) };
  }
  register.disconnect();
  throw new Error(`All ${count} databases of the Redis for the tests are taken.`);
}
