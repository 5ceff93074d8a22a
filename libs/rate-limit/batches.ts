import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import type { LimitStore, Quota, Taken } from './limit-store.js';

/**
 * Milliseconds that the next batch waits for the one before it: longer than a statement takes on a database nearby,
 * and little beside one on the way to a database far off.
 */
const patienceMs = 1;

/** One request's part of a batch. */
export interface Share extends Taken {
  /** Its place among the requests of its key, from 0: the first `granted` pass. */
  place: number;
  /** When the store was asked, in milliseconds of performance.now(). */
  askedAt: number;
}

interface Waiter {
  resolve: (share: Share) => void;
  reject: (error: unknown) => void;
}

/**
 * Requests under one quota ask the store together: while one statement is under way, those who come wait for the
 * next, and it counts them all. A busy process so pays a fraction of a statement for each request, an idle one asks
 * at once; the store counts exactly either way.
 */
export class Batches {
  // A batch is of many requests: it must not run in the transaction or the trace of the one that came first.
  readonly #outside = AsyncLocalStorage.snapshot();
  #waiting = new Map<string, Waiter[]>();
  #isRunning = false;

  constructor(
    private readonly store: LimitStore,
    private readonly quota: Quota,
  ) {}

  /** Rejects with what the store throws. */
  take(key: string): Promise<Share> {
    return new Promise((resolve, reject) => {
      const waiters = this.#waiting.get(key);
      if (waiters) waiters.push({ resolve, reject });
      else this.#waiting.set(key, [{ resolve, reject }]);
      if (!this.#isRunning) this.#outside(() => void this.#run());
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    await turn();
    while (this.#waiting.size > 0) {
      const batch = this.#waiting;
      this.#waiting = new Map();
      await Promise.race([this.#serve(batch), pause(patienceMs)]);
    }
    this.#isRunning = false;
  }

  /** Never rejects: whoever waits is told. */
  async #serve(batch: Map<string, Waiter[]>): Promise<void> {
    const askedAt = performance.now();
    try {
      const asked = new Map([...batch].map(([key, waiters]) => [key, waiters.length]));
      const taken = await this.store.take(this.quota, asked);
      for (const [key, waiters] of batch) {
        const share = taken.get(key)!;
        waiters.forEach(({ resolve }, place) => resolve({ ...share, place, askedAt }));
      }
    } catch (error) {
      for (const waiters of batch.values()) for (const { reject } of waiters) reject(error);
    }
  }
}
