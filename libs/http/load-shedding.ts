import type { FastifyRequest } from 'fastify';
import { Overloaded } from './problems.js';
import { isProbe } from './request.js';

/** Counts the requests in progress. A process refuses requests above a limit, and a stop waits until none is left. */
export class LoadShedder {
  #count = 0;
  #idle: (() => void) | undefined;

  constructor(private readonly limit: number) {}

  get count(): number {
    return this.#count;
  }

  enter(): void {
    this.#count += 1;
  }

  leave(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#idle?.();
  }

  /**
   * Returns the refusal of a request that exceeds the limit. Refusing at once is better than answering too late. Probes are
   * always answered, because otherwise the platform would kill a busy process.
   */
  refusalOf(request: FastifyRequest): Overloaded | undefined {
    return !isProbe(request) && this.#count > this.limit
      ? new Overloaded(undefined, { retryAfter: 1 })
      : undefined;
  }

  /** Resolves when no request is in progress any more, or after `withinMs` milliseconds. */
  async idle(withinMs: number): Promise<void> {
    if (this.#count === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle = resolve;
    const timer = setTimeout(resolve, withinMs);
    await promise;
    clearTimeout(timer);
  }
}
