export interface Policy {
  name: string;
  /** Requests. */
  limit: number;
  seconds: number;
}

/** How a request stands with one policy after it was counted. */
export interface Budget {
  policy: Policy;
  /** The requests that would pass now. */
  remaining: number;
  /** Seconds, with their fraction, until one more request would pass. */
  refillAfter: number;
  isRefused: boolean;
}

/**
 * Returns RateLimit-Policy, which names every policy that applies, and RateLimit, which shows the one that is nearest to its
 * end. Both are as in draft-ietf-httpapi-ratelimit-headers-10: lists of strings with parameters (RFC 9651). Later drafts may
 * rename the parameters; no other code knows their names.
 */
export function rateLimitHeaders(policies: readonly Policy[], budgets: readonly Budget[]) {
  const named = policies.map(({ name, limit, seconds }) => `"${name}";q=${limit};w=${seconds}`);
  const { policy, remaining, refillAfter } = budgets.reduce(nearer);
  return {
    'ratelimit-policy': named.join(', '),
    ratelimit: `"${policy.name}";r=${remaining};t=${wholeSeconds(refillAfter)}`,
  };
}

/** Returns the budget with fewer requests, or of two with as many the one that takes longer to refill. */
function nearer(one: Budget, other: Budget): Budget {
  if (one.remaining !== other.remaining) return one.remaining < other.remaining ? one : other;
  return one.refillAfter >= other.refillAfter ? one : other;
}

/** Rounds up, to 1 at least: with 0 a caller would come back before anything has changed. */
export function wholeSeconds(seconds: number): number {
  return Math.max(1, Math.ceil(seconds));
}
