import { expect, it } from '@jest/globals';
import { EventThrottle } from './event-throttle.js';

const granted = (allowance: EventThrottle, sources: string[], now = 0) =>
  sources.map((source) => allowance.take(source, now)).filter(Boolean).length;

it('grants ten of one source a minute, and says how many were left out', () => {
  const allowance = new EventThrottle();
  expect(granted(allowance, Array<string>(25).fill('a'))).toBe(10);
  expect(allowance.take('b', 1000)).toEqual({ missed: 15 });
  expect(allowance.take('a', 1000)).toBeUndefined();
  expect(allowance.take('a', 60_000)).toEqual({ missed: 1 });
});

it('grants three hundred of all sources a minute', () => {
  const allowance = new EventThrottle();
  const sources = Array.from({ length: 1000 }, (_, n) => `source ${n}`);
  expect(granted(allowance, sources)).toBe(300);
  expect(granted(allowance, sources, 60_000)).toBe(300);
});
