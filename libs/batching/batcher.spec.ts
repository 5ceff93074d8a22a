import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { findContext, runInContext } from '#libs/context';
import { eventually } from '#libs/testing';
import { Batcher, type BatcherOptions } from './batcher.js';

it('does together what comes in one turn, or while another batch is under way, and makes no caller wait for others', async () => {
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

describe('a batch that fails', () => {
  async function statusesOf(options: BatcherOptions) {
    const batches: string[][] = [];
    const check = (items: string[]) => {
      batches.push(items);
      return items.includes('poison') ? Promise.reject(new Error('refused')) : Promise.resolve(items);
    };
    const checked = new Batcher(check, options);
    const results = await Promise.allSettled(['one', 'poison', 'two'].map((item) => checked.add(item)));
    return { batches, statuses: results.map(({ status }) => status) };
  }

  it('fails for all of its callers', async () => {
    const { batches, statuses } = await statusesOf({});
    expect(statuses).toEqual(['rejected', 'rejected', 'rejected']);
    expect(batches).toHaveLength(1);
  });

  it('fails only for the item that spoils it when each may be done again', async () => {
    const { batches, statuses } = await statusesOf({ retryEach: true });
    expect(statuses).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(batches).toEqual([['one', 'poison', 'two'], ['one'], ['poison'], ['two']]);
  });
});

it('takes no more at once than it is told', async () => {
  const sizes: number[] = [];
  const batches = new Batcher(
    (items: number[]) => Promise.resolve(items.map(() => sizes.push(items.length))),
    {
      maxSize: 2,
    },
  );
  await Promise.all([1, 2, 3].map((item) => batches.add(item)));
  expect(sizes).toEqual([2, 2, 1]);
});

it('begins the next batch beside one that takes longer than it may', async () => {
  const ends: (() => void)[] = [];
  const batches = new Batcher(
    (items: number[]) => new Promise<number[]>((resolve) => ends.push(() => resolve(items))),
    { overlapAfterMs: 1 },
  );
  const first = batches.add(1);
  await eventually(() => Promise.resolve(ends.length === 1), { what: 'the first batch' });
  const second = batches.add(2);
  await eventually(() => Promise.resolve(ends.length === 2), { what: 'the second batch beside it' });
  ends[1]!();
  expect(await second).toBe(2);
  const idle = batches.idle();
  ends[0]!();
  await idle;
  expect(await first).toBe(1);
});

it('runs in the context of none of its callers', async () => {
  const seen: (string | undefined)[] = [];
  const batches = new Batcher<number, number>((items) => {
    seen.push(findContext()?.requestId);
    return Promise.resolve(items);
  });
  const from = (requestId: string) => runInContext({ requestId }, () => batches.add(1));
  await Promise.all([from('first'), from('second')]);
  expect(seen).toEqual([undefined, undefined]);
});

it('is idle when all has been done, what came meanwhile too', async () => {
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
