import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { intervalOf, type LimitStore, type Quota, type Taken } from './limit-store.js';
import { LimitsUnavailable } from './problems.js';

/** Milliseconds that a request waits for Redis at most: longer than a slow answer, shorter than a caller notices. */
const commandTimeoutMs = 500;

/** Milliseconds. A connection that owes an answer for so long is not slow but dead. */
const silentAfterMs = 2000;

/** Milliseconds that ioredis waits for its socket to close when it stops. It waits in vain for a socket that is closed already. */
const disconnectTimeoutMs = 100;

/** The script of `take`. Microseconds since 1970 stay below 2^53 until the year 2255; Lua's tostring would round them. */
const lua = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, limit, asked = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local tat = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local granted = math.min(asked, math.max(0, limit - math.ceil((tat - now) / interval)))
if granted > 0 then
  tat = tat + granted * interval
  redis.call('SET', KEYS[1], string.format('%.0f', tat), 'PX', math.ceil((tat - now) / 1000))
end
return { granted, tat - now }`;

const refundLua = `
local tat = redis.call('GET', KEYS[1])
if tat then redis.call('SET', KEYS[1], string.format('%.0f', tat - ARGV[1]), 'KEEPTTL') end`;

interface Commands {
  take(key: string, interval: number, limit: number, asked: number): Promise<[number, number]>;
  refund(key: string, us: number): Promise<null>;
}

/** The store with REDIS_URL. Redis runs its script atomically, and keys expire by themselves. */
export class RedisStore implements LimitStore {
  readonly #log = new Logger(RedisStore.name);
  readonly #redis: Redis & Commands;

  constructor(url: string) {
    this.#redis = new Redis(url, {
      lazyConnect: true,
      // A command that cannot be sent fails at once, and RateLimitGuard decides which requests pass.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: commandTimeoutMs,
      // The next command then goes to a new connection.
      socketTimeout: silentAfterMs,
      disconnectTimeout: disconnectTimeoutMs,
      enableAutoPipelining: true,
      keyPrefix: 'mainstay:rate-limit:',
      scripts: { take: { lua, numberOfKeys: 1 }, refund: { lua: refundLua, numberOfKeys: 1 } },
    }) as Redis & Commands;
    // Each command that fails reports its own error.
    this.#redis.on('error', () => {});
  }

  /** Throws {@link LimitsUnavailable} when Redis does not answer. */
  async take(quota: Quota, asked: ReadonlyMap<string, number>): Promise<Map<string, Taken>> {
    try {
      return new Map(
        await Promise.all(
          [...asked].map(async ([key, hits]): Promise<[string, Taken]> => {
            const [granted, levelUs] = await this.#redis.take(key, intervalOf(quota), quota.limit, hits);
            return [key, { granted, levelUs }];
          }),
        ),
      );
    } catch (error) {
      throw Object.assign(new LimitsUnavailable(), { cause: error });
    }
  }

  /** Throws {@link LimitsUnavailable} when Redis does not answer. */
  async refund(quota: Quota, key: string, requests: number): Promise<void> {
    try {
      await this.#redis.refund(key, requests * intervalOf(quota));
    } catch (error) {
      throw Object.assign(new LimitsUnavailable(), { cause: error });
    }
  }

  /** Connects. Does not fail when Redis cannot be reached: the client tries again for as long as the process lives. */
  async open(): Promise<void> {
    await this.#redis.connect().catch((error: unknown) => {
      this.#log.warn(`Redis cannot be reached: ${String(error)}`);
    });
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }
}
