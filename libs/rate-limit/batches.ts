import { Batcher } from '#libs/batching';
import type { LimitStore, Quota, Taken } from './limit-store.js';

/**
 * Milliseconds that the next batch waits for the one before it: longer than a statement takes on a database nearby,
 * and little beside one on the way to a database far off.
 */
const overlapAfterMs = 1;

/** The part of one request in a batch. */
export interface Share extends Taken {
  /** Its place among the requests of its key, from 0: the first `granted` pass. */
  place: number;
  /** When the store was asked, in milliseconds of performance.now(). */
  askedAt: number;
}

/**
 * Requests under one quota ask the store together; an item is the key of a request. A busy process so pays a fraction of a
 * statement for each request, an idle one asks at once; the store counts exactly either way. A batch that fails is not tried
 * again: the store may have counted it.
 */
export function batchRequests(store: LimitStore, quota: Quota): Batcher<string, Share> {
  return new Batcher((keys) => takeShares(store, quota, keys), { overlapAfterMs });
}

async function takeShares(store: LimitStore, quota: Quota, keys: string[]): Promise<Share[]> {
  const askedAt = performance.now();
  const hits = new Map<string, number>();
  const places = keys.map((key) => {
    const place = hits.get(key) ?? 0;
    hits.set(key, place + 1);
    return place;
  });
  const taken = await store.take(quota, hits);
  return keys.map((key, index) => ({ ...taken.get(key)!, place: places[index]!, askedAt }));
}
