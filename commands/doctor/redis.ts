import { Redis } from 'ioredis';

/** Milliseconds that connecting and each answer may take. */
const timeoutMs = 3000;

/** Throws unless the server answers and, when its memory is full, refuses writes instead of dropping keys. */
export async function checkRedis(url: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    retryStrategy: () => null,
  });
  // connect() throws the same error.
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
