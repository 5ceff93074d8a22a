import { expect, it } from '@jest/globals';
import { MemoryStore } from './memory-store.js';

const quota = { limit: 3, periodMs: 3_600_000 };

async function granted(store: MemoryStore, asked: Record<string, number>): Promise<number[]> {
  const taken = await store.take(quota, new Map(Object.entries(asked)));
  return [...taken.values()].map((answer) => answer.granted);
}

it('Each caller gets the quota, in one call or in several, and again what is given back', async () => {
  const store = new MemoryStore();
  expect(await granted(store, { ann: 2, bob: 5 })).toEqual([2, 3]);
  expect(await granted(store, { ann: 2, bob: 1 })).toEqual([1, 0]);
  await store.refund(quota, 'ann', 2);
  expect(await granted(store, { ann: 9 })).toEqual([2]);
});

it('Ten thousand strangers make it forget whoever stays away, and nobody who comes back', async () => {
  const store = new MemoryStore();
  await granted(store, { ann: 3, bob: 3 });
  for (let n = 0; n < 9000; n += 1) await granted(store, { [`stranger ${n}`]: 1 });
  expect(await granted(store, { ann: 1 })).toEqual([0]);
  for (let n = 9000; n < 15_000; n += 1) await granted(store, { [`stranger ${n}`]: 1 });
  expect(await granted(store, { ann: 1, bob: 1 })).toEqual([0, 1]);
});
