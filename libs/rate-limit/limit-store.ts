/** A number of requests in a number of milliseconds. */
export interface Quota {
  limit: number;
  periodMs: number;
}

export interface Taken {
  /** The number of requests, of those asked for, that may pass. */
  granted: number;
  /** Microseconds until all granted requests have expired: a whole number, and 0 for an unknown caller. */
  levelUs: number;
}

/**
 * A store in which all processes count together. It runs the generic cell rate algorithm (ITU-T I.371) in one atomic step, by
 * its own clock. Each granted request moves the arrival time of a caller by one interval; a request that would move it further
 * ahead of now than the quota is refused.
 */
export interface LimitStore {
  /** Takes a number of requests for each key. The answer has every key. A refusal changes nothing. */
  take(quota: Quota, asked: ReadonlyMap<string, number>): Promise<Map<string, Taken>>;
  /** Reverses the grant of a number of requests of a key. An unknown key has none to reverse. */
  refund(quota: Quota, key: string, requests: number): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Returns the microseconds that one request uses up. They are whole, so that both stores count without rounding, and rounded
 * down, so that no caller gets less than the quota; 1 is the minimum, for quotas of more than a million a second.
 */
export function intervalOf({ limit, periodMs }: Quota): number {
  return Math.max(1, Math.floor((periodMs * 1000) / limit));
}
