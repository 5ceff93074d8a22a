import { Batcher } from '#libs/batching';
import type { BorrowedTokens } from './borrowed.js';
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
 * statement for each request, an idle one asks at once; the store counts exactly either way. With `borrowed` a batch also takes
 * requests that are still to come. A batch that fails is not tried again: the store may have counted it.
 */
export function batchRequests(
  store: LimitStore,
  quota: Quota,
  borrowed?: BorrowedTokens,
): Batcher<string, Share> {
  return new Batcher(
    async (keys) => {
      const askedAt = performance.now();
      const hits = new Map<string, number>();
      const places = keys.map((key) => {
        const place = hits.get(key) ?? 0;
        hits.set(key, place + 1);
        return place;
      });
      const taken = await (borrowed ? takeAhead(store, quota, hits, borrowed) : store.take(quota, hits));
      return keys.map((key, index) => ({ ...taken.get(key)!, place: places[index]!, askedAt }));
    },
    { overlapAfterMs },
  );
}

/** Takes what the keys ask for, and some more for those who will go on asking. */
async function takeAhead(
  store: LimitStore,
  quota: Quota,
  hits: ReadonlyMap<string, number>,
  borrowed: BorrowedTokens,
): Promise<Map<string, Taken>> {
  const askedAt = performance.now();
  const asked = new Map([...hits].map(([key, count]) => [key, count + borrowed.wanted(key, count)]));
  const taken = await borrowed.watch(
    store.take(quota, asked).then((answers) => {
      for (const [key, answer] of answers)
        borrowed.keep(key, quota, Math.max(0, answer.granted - hits.get(key)!), answer, askedAt);
      return answers;
    }),
  );
  const short = [...taken].filter(([key, { granted }]) => granted < hits.get(key)!);
  if (short.length === 0) return taken;
  // A call that began earlier may have taken ahead what these were refused.
  await borrowed.settled();
  for (const [key, answer] of short)
    taken.set(key, {
      ...answer,
      granted: answer.granted + borrowed.cover(key, hits.get(key)! - answer.granted),
    });
  return taken;
}
