import type { FastifyRequest } from 'fastify';
import { Overloaded } from './problems.js';

/** How many requests are being worked on: what a process refuses more by, and what a stop waits for. */
export class LoadShedder {
  #count = 0;
  #idle: (() => void) | undefined;

  constructor(private readonly limit: number) {}

  enter(): void {
    this.#count += 1;
  }

  leave(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#idle?.();
  }

  /**
   * The refusal of a request that has entered above the limit: refusing at once is kinder than answering too late. Probes
   * are always answered, or a busy process would be killed.
   */
  refusalOf(request: FastifyRequest): Overloaded | undefined {
    const isProbe = request.routeOptions.url?.startsWith('/health/') ?? false;
    return !isProbe && this.#count > this.limit ? new Overloaded(undefined, { retryAfter: 1 }) : undefined;
  }

  /** Resolves when nothing is under way any more, or after so many milliseconds. */
  async idle(withinMs: number): Promise<void> {
    if (this.#count === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle = resolve;
    const timer = setTimeout(resolve, withinMs);
    await promise;
    clearTimeout(timer);
  }
}
