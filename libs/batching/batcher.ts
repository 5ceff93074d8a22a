import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

interface Entry<T, R> {
  item: T;
  resolve: (result: R) => void;
  reject: (reason: unknown) => void;
}

export interface BatcherOptions {
  /** Items of one batch at most; without it a batch takes all that wait. */
  maxSize?: number;
  /** Milliseconds after which the next batch no longer waits for the end of the one before it; without it batches never overlap. */
  overlapAfterMs?: number;
  /** True: the items of a batch that failed are done again one by one, so that an item fails by itself only. Repeating them must be harmless. */
  retryEach?: boolean;
}

/**
 * Does together what many callers ask for in the same turn of the event loop. While a batch is under way the next one gathers, so
 * no caller waits for others to come.
 */
export class Batcher<T, R> {
  // A batch belongs to many callers: it must not run in the transaction, the context or the trace of the first of them.
  readonly #outside = AsyncLocalStorage.snapshot();
  readonly #underWay = new Set<Promise<void>>();
  #waiting: Entry<T, R>[] = [];
  #isBusy = false;

  /** `work` gets the items in their order, and resolves to a result for each. */
  constructor(
    private readonly work: (items: T[]) => Promise<R[]>,
    private readonly options: BatcherOptions = {},
  ) {}

  /** Rejects with what `work` rejects with. */
  add(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#isBusy) return;
      this.#isBusy = true;
      void this.#outside(() => this.#track(this.#run()));
    });
  }

  /** Items that wait for the next batch. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when all that was added has been done, or has failed. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #run(): Promise<void> {
    const { maxSize = Infinity, overlapAfterMs } = this.options;
    await setImmediate();
    while (this.#waiting.length > 0) {
      const batch = this.#track(this.#do(this.#waiting.splice(0, maxSize)));
      await (overlapAfterMs === undefined ? batch : Promise.race([batch, sleep(overlapAfterMs)]));
    }
    this.#isBusy = false;
  }

  /** Never rejects: each caller is told. */
  async #do(entries: Entry<T, R>[]): Promise<void> {
    try {
      const results = await this.work(entries.map(({ item }) => item));
      entries.forEach(({ resolve }, index) => resolve(results[index]!));
    } catch (error) {
      if (entries.length > 1 && this.options.retryEach)
        await Promise.all(entries.map((entry) => this.#do([entry])));
      else for (const { reject } of entries) reject(error);
    }
  }

  #track(work: Promise<void>): Promise<void> {
    this.#underWay.add(work);
    return work.finally(() => this.#underWay.delete(work));
  }
}
