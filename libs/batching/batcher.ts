import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';

/** Enough for every run of a worker at once, whatever its concurrency; one statement stays short. */
const maxSize = 200;

interface Entry<T, R> {
  item: T;
  resolve: (result: R) => void;
  reject: (reason: unknown) => void;
}

/**
 * Does together what many ask for in the same turn of the event loop: one batch at a time, and while it is under way the
 * next one gathers. So nobody waits for company. A batch that fails is done again one by one, so that an item fails by itself
 * only.
 */
export class Batcher<T, R> {
  // A batch is of many jobs: it must not run in the context or the trace of the one that came first.
  readonly #outside = AsyncLocalStorage.snapshot();
  #waiting: Entry<T, R>[] = [];
  #isBusy = false;
  #running: Promise<void> | undefined;

  /** `work` gets the items in their order and resolves to a result for each; repeating it must be harmless. */
  constructor(private readonly work: (items: T[]) => Promise<R[]>) {}

  add(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#isBusy) return;
      this.#isBusy = true;
      this.#running = this.#outside(() => setImmediate().then(() => this.#run()));
    });
  }

  /** How many wait for the next batch. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when all that was added has been done. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#do(this.#waiting.splice(0, maxSize));
    }
    this.#isBusy = false;
  }

  async #do(entries: Entry<T, R>[]): Promise<void> {
    try {
      const results = await this.work(entries.map(({ item }) => item));
      entries.forEach(({ resolve }, index) => resolve(results[index]!));
    } catch (error) {
      if (entries.length === 1) entries[0]!.reject(error);
      else await Promise.all(entries.map((entry) => this.#do([entry])));
    }
  }
}
