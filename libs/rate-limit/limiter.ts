import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Batcher } from '#libs/batching';
import { batchRequests, type Share } from './batches.js';
import { intervalOf, type LimitStore, type Quota } from './limit-store.js';

/** Callers that are remembered as refused. To forget them costs one call to the store and changes no answer. */
const maxRefusals = 10_000;

/** The result of ThrottlerStorage for one request. Its times are in seconds, with their fractions. */
interface LimitResult {
  /** The used part of the quota, this request included; never more than the limit. */
  totalHits: number;
  /** The time until one more request than now is available. */
  timeToExpire: number;
  isBlocked: boolean;
  timeToBlockExpire: number;
}

/** Counts requests in a store that all processes share, and calls it as seldom as exact counting allows. */
export class Limiter implements ThrottlerStorage, OnModuleInit, OnApplicationShutdown {
  readonly #batchers = new Map<string, Batcher<string, Share>>();
  /** When the store would grant the next request of a key that has used up its quota: until then it need not be asked. */
  readonly #exhaustedUntil = new Map<string, number>();

  constructor(private readonly store: LimitStore) {}

  onModuleInit(): Promise<void> {
    return this.store.open();
  }

  onApplicationShutdown(): Promise<void> {
    return this.store.close();
  }

  /** Counts one request of `limit` in `ttl` milliseconds. A key must always come with the same quota. */
  async increment(key: string, ttl: number, limit: number): Promise<LimitResult> {
    const waitMs = (this.#exhaustedUntil.get(key) ?? 0) - performance.now();
    if (waitMs > 0) return refusal(limit, waitMs / 1000);
    const quota = { limit, periodMs: ttl };
    const share = await this.#batcherOf(quota).add(key);
    const verdict = resultOf(quota, share);
    if (verdict.totalHits === limit) this.#remember(key, share.askedAt + verdict.timeToExpire * 1000);
    return verdict;
  }

  /** Counts one request of a key whose requests may be refunded: no process remembers such a key as refused. */
  async count(key: string, { limit, seconds }: { limit: number; seconds: number }): Promise<LimitResult> {
    const quota = { limit, periodMs: seconds * 1000 };
    return resultOf(quota, await this.#batcherOf(quota).add(key));
  }

  /** Reverses requests that {@link count} counted. */
  refund(key: string, { limit, seconds }: { limit: number; seconds: number }, requests: number) {
    return this.store.refund({ limit, periodMs: seconds * 1000 }, key, requests);
  }

  #batcherOf(quota: Quota): Batcher<string, Share> {
    const name = `${quota.limit}/${quota.periodMs}`;
    let batcher = this.#batchers.get(name);
    if (!batcher) this.#batchers.set(name, (batcher = batchRequests(this.store, quota)));
    return batcher;
  }

  /** Remembers a refusal. `until` is measured from before the call to the store, so it is never later than the store's time. */
  #remember(key: string, until: number): void {
    if (this.#exhaustedUntil.size >= maxRefusals) this.#exhaustedUntil.clear();
    this.#exhaustedUntil.set(key, until);
  }
}

function resultOf(quota: Quota, { granted, levelUs, place }: Share): LimitResult {
  const interval = intervalOf(quota);
  // A thousandth is an effect of the clock: statements may overtake each other, see postgres-store.ts.
  const used = Math.min(quota.limit, Math.ceil(levelUs / interval - 0.001));
  const wait = (levelUs - (used - 1) * interval) / 1_000_000;
  if (place >= granted) return refusal(quota.limit, wait);
  const grantedLater = granted - 1 - place;
  return { totalHits: used - grantedLater, timeToExpire: wait, isBlocked: false, timeToBlockExpire: 0 };
}

function refusal(limit: number, wait: number): LimitResult {
  return { totalHits: limit, timeToExpire: wait, isBlocked: true, timeToBlockExpire: wait };
}
