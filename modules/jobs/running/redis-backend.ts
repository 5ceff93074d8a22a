import { createRedisBackend } from 'bullmq';
import { Redis } from 'ioredis';
import type { Config } from '#libs/config';
import type { Backend } from './backend.js';

export function redisBackend(url: string, config: Config): Backend {
  return {
    removesCompleted: true,
    async check() {
      const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
      redis.on('error', () => {}); // It is what connect() rejects with.
      try {
        await redis.connect();
        const memory = await redis.info('memory');
        if (config.NODE_ENV === 'production' && !memory.includes('maxmemory_policy:noeviction')) {
          throw new Error('Redis may evict jobs: set maxmemory-policy to noeviction.');
        }
      } finally {
        redis.disconnect();
      }
    },
    make: (name, options, more = {}) => {
      // A worker waits for Redis to come back. The relay must not: its commands would pile up in memory.
      const maxRetriesPerRequest = more.withBlockingConnection ? null : 1;
      return createRedisBackend(name, { ...options, connection: { url, maxRetriesPerRequest } }, more);
    },
    close: async () => {},
  };
}
