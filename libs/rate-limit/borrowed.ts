import { intervalOf, type Quota, type Taken } from './limit-store.js';

/** Milliseconds that an unused token stays. The requests of one such time show how many the next one needs. */
export const keepMs = 250;

/**
 * Of what a quota has left, this part is taken ahead, and of the last hundred requests none: the count becomes exact before the
 * quota ends, and a small quota is counted exactly from its first request on.
 */
const aheadShare = 1 / 16;
const exactBelow = 100;

/** Keys that are remembered. A caller beyond them asks the store for each request. */
const maxKeys = 10_000;

interface Loan {
  quota: Quota;
  /** Requests that the store has granted, and that nobody has made yet. */
  tokens: number;
  levelUs: number;
  /** When the store said so, in milliseconds of performance.now(). */
  askedAt: number;
  /** When the oldest of the tokens was taken. */
  heldSince: number;
  /** The requests of the key since the last look, and between the two looks before. */
  seen: number;
  seenBefore: number;
}

/**
 * What this process has taken ahead from the quotas of its callers, so that most requests do not wait for the store. No token is
 * ever used twice: the store has counted it. It takes as many as the caller has just needed, fewer as the quota ends, and
 * gives back those that nobody used.
 */
export class BorrowedTokens {
  readonly #loans = new Map<string, Loan>();
  readonly #asking = new Set<Promise<unknown>>();

  /** Uses a token that was taken ahead. Returns where the caller stands, with the tokens that were here, or undefined without one. */
  use(key: string): (Taken & { quota: Quota }) | undefined {
    const loan = this.#loans.get(key);
    if (!loan) return undefined;
    loan.seen += 1;
    if (loan.tokens === 0) return undefined;
    const granted = loan.tokens;
    loan.tokens -= 1;
    return { quota: loan.quota, granted, levelUs: levelOf(loan) };
  }

  /** Returns how many requests to take ahead for a key that asks the store for `asked`. */
  wanted(key: string, asked: number): number {
    const loan = this.#loans.get(key);
    if (!loan) return 0;
    const left = loan.quota.limit - Math.ceil(levelOf(loan) / intervalOf(loan.quota)) - asked;
    return left < exactBelow ? 0 : Math.min(loan.seenBefore, Math.floor(left * aheadShare));
  }

  /** Watches a call to the store, with whose end tokens may have come. */
  watch<T>(call: Promise<T>): Promise<T> {
    this.#asking.add(call);
    return call.finally(() => this.#asking.delete(call));
  }

  /** Resolves when all calls of now have ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#asking);
  }

  /** Uses up to this many tokens for requests that the store refused. */
  cover(key: string, requests: number): number {
    const loan = this.#loans.get(key);
    const covered = Math.min(requests, loan?.tokens ?? 0);
    if (loan) loan.tokens -= covered;
    return covered;
  }

  /** Keeps what the store has granted a key beyond the requests that asked. */
  keep(key: string, quota: Quota, surplus: number, { levelUs }: Taken, askedAt: number): void {
    const known = this.#loans.get(key);
    const heldSince = known && known.tokens > 0 ? known.heldSince : askedAt;
    if (known) Object.assign(known, { tokens: known.tokens + surplus, levelUs, askedAt, heldSince });
    else if (this.#loans.size < maxKeys)
      this.#loans.set(key, { quota, tokens: surplus, levelUs, askedAt, heldSince, seen: 1, seenBefore: 0 });
  }

  /**
   * Forgets the keys that nobody used lately, and returns their tokens, which the store must get back. What the time has given back
   * already is left out, as a part of a token: with it a caller would get more than the quota.
   */
  takeUnused(): { key: string; quota: Quota; tokens: number }[] {
    const unused = [];
    for (const [key, loan] of this.#loans) {
      const { quota, tokens, seen, heldSince } = loan;
      Object.assign(loan, { seenBefore: seen, seen: 0 });
      if (seen > 0) continue;
      this.#loans.delete(key);
      const left = tokens - ((performance.now() - heldSince) * 1000) / intervalOf(quota);
      if (left > 0) unused.push({ key, quota, tokens: left });
    }
    return unused;
  }
}

/** Returns the level of now: it falls with the time. */
function levelOf({ levelUs, askedAt }: Loan): number {
  return Math.max(0, levelUs - (performance.now() - askedAt) * 1000);
}
