/** So many requests in so many milliseconds. */
export interface Quota {
  limit: number;
  periodMs: number;
}

export interface Taken {
  /** How many of the requests asked for may pass. */
  granted: number;
  /** Microseconds until everything granted is used up again: a whole number, 0 for a caller who is unknown. */
  levelUs: number;
}

/**
 * Where all processes count together: the generic cell rate algorithm (ITU-T I.371) in one atomic step, by the clock of
 * the store. Each request granted moves a caller's arrival time by one interval; none is granted that would move it
 * further than the quota ahead of now.
 */
export interface LimitStore {
  /** Asks for several requests of each key. The answer has every key. Refusing changes nothing. */
  take(quota: Quota, asked: ReadonlyMap<string, number>): Promise<Map<string, Taken>>;
  /** Takes back that so many requests of a key were granted. Of a key that is unknown nothing was. */
  refund(quota: Quota, key: string, requests: number): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Microseconds that one request uses up. Whole, so that both stores count without rounding; rounded down, so that no
 * caller gets less than the quota. At least 1, which a quota of more than a million a second would fall below.
 */
export function intervalOf({ limit, periodMs }: Quota): number {
  return Math.max(1, Math.floor((periodMs * 1000) / limit));
}
