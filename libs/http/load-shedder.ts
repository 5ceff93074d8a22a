import type { FastifyRequest } from 'fastify';
import { countShed } from './http-metrics.js';
import { Overloaded } from './problems.js';
import { isProbe } from './request.js';

/**
 * Counts the requests that a process works on: those that have arrived whole and are not answered yet. A request whose body is
 * arriving and an answer that is being read cost no work, so slow clients take no place of others.
 */
export class LoadShedder {
  readonly #working = new Set<FastifyRequest>();

  constructor(private readonly limit: number) {}

  get count(): number {
    return this.#working.size;
  }

  /** Returns the refusal of a further request while the limit is reached: refusing at once is better than answering too late. */
  refusalOf(request: FastifyRequest): Overloaded | undefined {
    // The platform would kill a busy process that does not answer its probes.
    if (isProbe(request) || this.#working.size < this.limit) return undefined;
    countShed({});
    return new Overloaded(undefined, { retryAfter: 1 });
  }

  begin(request: FastifyRequest): void {
    this.#working.add(request);
  }

  /** Ends the work on a request, at its answer or when its client has disconnected, whichever comes first. */
  end(request: FastifyRequest): void {
    this.#working.delete(request);
  }
}
