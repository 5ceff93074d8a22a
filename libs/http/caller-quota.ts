import type { Problem } from '#libs/problem';
import { Overloaded, TooManyTransfers } from './problems.js';

export interface CallerLimits {
  perCaller: number;
  perProcess: number;
}

/** Counts what each caller has open, and refuses what exceeds the limit of the caller or of the process. */
export class CallerQuota {
  readonly #callers = new Map<string, number>();
  #total = 0;

  constructor(private readonly limits: CallerLimits) {}

  refusalOf(caller: string): Problem | undefined {
    if ((this.#callers.get(caller) ?? 0) >= this.limits.perCaller)
      return new TooManyTransfers(`The limit is ${this.limits.perCaller} at a time.`, { retryAfter: 1 });
    return this.#total >= this.limits.perProcess ? new Overloaded(undefined, { retryAfter: 1 }) : undefined;
  }

  add(caller: string): void {
    this.#total += 1;
    this.#callers.set(caller, (this.#callers.get(caller) ?? 0) + 1);
  }

  delete(caller: string): void {
    this.#total -= 1;
    const left = (this.#callers.get(caller) ?? 0) - 1;
    if (left > 0) this.#callers.set(caller, left);
    else this.#callers.delete(caller);
  }
}
