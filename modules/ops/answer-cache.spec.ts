import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { AnswerCache } from './answer-cache.js';

const minute = 60_000;

function counter() {
  let asked = 0;
  return { ask: () => Promise.resolve((asked += 1)), asked: () => asked };
}

it('one answer is given to everybody who asks in its time, and another one after it', async () => {
  const cache = new AnswerCache<number>();
  const { ask, asked } = counter();
  expect(await Promise.all(Array.from({ length: 30 }, () => cache.get('a', minute, ask)))).toEqual(
    Array.from({ length: 30 }, () => 1),
  );
  expect(await cache.get('b', minute, ask)).toBe(2);
  expect(await cache.get('c', 1, ask)).toBe(3);
  await sleep(2);
  expect(await cache.get('c', 1, ask)).toBe(4);
  expect(asked()).toBe(4);
});

it('a failure is given to those who waited for it, and to nobody else', async () => {
  const cache = new AnswerCache<number>();
  const fail = () => Promise.reject(new Error('away'));
  await expect(Promise.all([cache.get('a', minute, fail), cache.get('a', minute, fail)])).rejects.toThrow(
    'away',
  );
  expect(await cache.get('a', minute, () => Promise.resolve(1))).toBe(1);
});

it('no more than a hundred answers are kept, the latest ones', async () => {
  const cache = new AnswerCache<number>();
  const { ask, asked } = counter();
  for (let n = 0; n <= 100; n += 1) await cache.get(`${n}`, minute, ask);
  await cache.get('100', minute, ask);
  expect(asked()).toBe(101);
  await cache.get('0', minute, ask);
  expect(asked()).toBe(102);
});
