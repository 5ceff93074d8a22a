import { Redis } from 'ioredis';

/** Milliseconds for connecting and for each answer. */
const PATIENCE_MS = 3000;

/** Throws unless the server answers and refuses writes, instead of dropping keys, when its memory is full. */
export async function checkRedis(url: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    commandTimeout: PATIENCE_MS,
    retryStrategy: () => null,
  });
  // The failure of connect() says the same.
  redis.on('error', () => {});
  try {
    await redis.connect();
    const policy = /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1];
    if (policy !== 'noeviction') {
      throw new Error(
        `its maxmemory-policy is ${policy}, so a full memory loses jobs; set maxmemory-policy noeviction`,
      );
    }
  } catch (error) {
    const { hostname, port } = new URL(url);
    throw new Error(
      `${hostname}:${port || 6379}: ${(error as Error).message}; check REDIS_URL and the server`,
    );
  } finally {
    redis.disconnect();
  }
}
