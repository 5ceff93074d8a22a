import { intervalOf, type LimitStore, type Quota, type Taken } from './limit-store.js';

/** Callers that are remembered. Beyond them the store forgets whoever has not come for longest, and so gets a fresh quota. */
const maxKeys = 10_000;

/** Counts in this process alone, by the rule of the other stores. */
export class MemoryStore implements LimitStore {
  /** The theoretical arrival time of each key, in microseconds of performance.now(). */
  readonly #arrivals = new Map<string, number>();

  async take(quota: Quota, asked: ReadonlyMap<string, number>): Promise<Map<string, Taken>> {
    const now = performance.now() * 1000;
    for (const key of this.#arrivals.keys()) {
      if (this.#arrivals.size + asked.size <= maxKeys) break;
      this.#arrivals.delete(key);
    }
    const interval = intervalOf(quota);
    return new Map(
      [...asked].map(([key, hits]) => {
        const level = Math.max(0, (this.#arrivals.get(key) ?? 0) - now);
        const granted = Math.min(hits, Math.max(0, quota.limit - Math.ceil(level / interval)));
        const levelUs = Math.round(level + granted * interval);
        this.#arrivals.delete(key); // A map keeps its keys in the order in which they came.
        this.#arrivals.set(key, now + levelUs);
        return [key, { granted, levelUs }];
      }),
    );
  }

  async refund(quota: Quota, key: string, requests: number): Promise<void> {
    const arrival = this.#arrivals.get(key);
    if (arrival !== undefined) this.#arrivals.set(key, arrival - requests * intervalOf(quota));
  }

  async open(): Promise<void> {}

  async close(): Promise<void> {
    this.#arrivals.clear();
  }
}
