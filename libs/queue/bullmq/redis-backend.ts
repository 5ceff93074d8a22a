import { createRedisBackend } from 'bullmq';
import { Redis } from 'ioredis';
import type { Config } from '#libs/config';
import { fetchEvery } from './fetching.js';
import { BackendUnfit, type QueueBackend } from './queue-backend.js';

/** Major and minor version: the oldest that BullMQ 6 is tested with. */
const oldest = [6, 2] as const;

/** Milliseconds that a connection may take, and an answer after it. */
const answerWithinMs = 5000;

/** Milliseconds for the answer on a connection that waits for a job: as long as the fetch asks Redis to wait, and a second. */
const fetchWithinMs = fetchEvery * 1000 + 1000;

/** Milliseconds from a broken connection to the next. BullMQ's own wait grows to 20 s, for which jobs would stand still. */
const reconnectAfter = 1000;

/** BullMQ in Redis: each queue and worker has connections of its own. */
export function redisBackend(url: string, config: Config): QueueBackend {
  return {
    async check() {
      const redis = new Redis(url, {
        lazyConnect: true,
        connectTimeout: answerWithinMs,
        socketTimeout: answerWithinMs,
        retryStrategy: () => null,
      });
      redis.on('error', () => {}); // connect() rejects with it.
      try {
        await redis.connect();
        const faults = redisFaults(await redis.info());
        if (config.NODE_ENV === 'production' && faults.length > 0)
          throw new BackendUnfit(`Redis would lose jobs. ${faults.join(' ')}`);
      } finally {
        redis.disconnect();
      }
    },
    create: (name, options, more = {}) => {
      // A worker waits for Redis to come back. A queue must not: the commands of the relay would pile up in memory.
      const maxRetriesPerRequest = more.withBlockingConnection ? null : 1;
      const connection = {
        url,
        maxRetriesPerRequest,
        connectTimeout: answerWithinMs,
        // A connection that stays silent is replaced. Without this limit it would be used until the kernel gives it up.
        socketTimeout: more.withBlockingConnection ? fetchWithinMs : answerWithinMs,
        retryStrategy: () => reconnectAfter,
      };
      return createRedisBackend(name, { ...options, connection }, more);
    },
    close: async () => {},
  };
}

/** Returns the reasons why a Redis is unfit for jobs, each with its remedy, from the answer of the server to INFO. */
export function redisFaults(info: string): string[] {
  const valueOf = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const faults: string[] = [];
  const version = valueOf('redis_version') ?? '0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1]))
    faults.push(`Its version is ${version}: use ${oldest.join('.')} or newer.`);
  if (valueOf('maxmemory_policy') !== 'noeviction')
    faults.push('It may evict jobs: set maxmemory-policy to noeviction.');
  if (valueOf('aof_enabled') !== '1') faults.push('It forgets them when it restarts: set appendonly to yes.');
  return faults;
}
