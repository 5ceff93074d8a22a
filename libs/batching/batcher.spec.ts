import { setImmediate } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { findContext, runInContext } from '#libs/context';
import { Batcher } from './batcher.js';

it('does together what comes in one turn, or while another batch is under way, and lets nobody wait for company', async () => {
  const batches: number[][] = [];
  const first = Promise.withResolvers<void>();
  const doubled = new Batcher(async (items: number[]) => {
    batches.push(items);
    await first.promise;
    return items.map((item) => item * 2);
  });

  const earlier = [1, 2].map((item) => doubled.add(item));
  await setImmediate();
  expect(batches).toEqual([[1, 2]]);
  const later = [3, 4, 5].map((item) => doubled.add(item));
  first.resolve();
  expect(await Promise.all([...earlier, ...later])).toEqual([2, 4, 6, 8, 10]);
  expect(batches).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
});

it('lets only the item fail that spoils its batch', async () => {
  const batches: string[][] = [];
  const checked = new Batcher((items: string[]) => {
    batches.push(items);
    return items.includes('poison') ? Promise.reject(new Error('spoilt')) : Promise.resolve(items);
  });

  const items = ['one', 'poison', 'two'];
  const results = await Promise.allSettled(items.map((item) => checked.add(item)));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(batches).toEqual([['one', 'poison', 'two'], ['one'], ['poison'], ['two']]);
});

it("runs in nobody's context, as a batch is of many", async () => {
  const seen: (string | undefined)[] = [];
  const batches = new Batcher<number, number>((items) => {
    seen.push(findContext()?.requestId);
    return Promise.resolve(items);
  });
  const from = (requestId: string) => runInContext({ requestId }, () => batches.add(1));
  await Promise.all([from('first'), from('second')]);
  expect(seen).toEqual([undefined, undefined]);
});

it('is idle when all has been done, also what came meanwhile', async () => {
  const first = Promise.withResolvers<void>();
  const done: number[] = [];
  const batches = new Batcher(async (items: number[]) => {
    await first.promise;
    done.push(...items);
    return items;
  });
  await batches.idle();
  void batches.add(1);
  await setImmediate();
  void batches.add(2);
  expect(batches.waiting).toBe(1);
  first.resolve();
  await batches.idle();
  expect(done).toEqual([1, 2]);
});
