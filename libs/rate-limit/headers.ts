export interface Policy {
  name: string;
  /** Requests. */
  limit: number;
  seconds: number;
}

export interface RateBudget {
  /** The requests that would pass now. */
  remaining: number;
  /** Seconds, with their fraction, until one more request would pass. */
  refillAfter: number;
}

/**
 * Returns RateLimit-Policy and RateLimit as in draft-ietf-httpapi-ratelimit-headers-10: lists of strings with parameters
 * (RFC 9651). Later drafts may rename the parameters; no other code knows their names.
 */
export function rateLimitHeaders(policy: Policy, { remaining, refillAfter }: RateBudget) {
  return {
    'ratelimit-policy': `"${policy.name}";q=${policy.limit};w=${policy.seconds}`,
    ratelimit: `"${policy.name}";r=${remaining};t=${wholeSeconds(refillAfter)}`,
  };
}

/** Rounds up, to 1 at least: with 0 a caller would come back before anything has changed. */
export function wholeSeconds(seconds: number): number {
  return Math.max(1, Math.ceil(seconds));
}
