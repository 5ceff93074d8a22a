import { afterEach, expect, it, jest } from '@jest/globals';
import { BorrowedTokens } from './borrowed.js';

const quota = { limit: 600, periodMs: 60_000 };

afterEach(() => {
  jest.restoreAllMocks();
});

/** Keeps ten tokens that were taken at 0, and returns what the store gets back of them at this time in milliseconds. */
function givenBackAt(ms: number): number | undefined {
  const borrowed = new BorrowedTokens();
  const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
  borrowed.keep('ann', quota, 10, { granted: 11, levelUs: 1_100_000 }, 0);
  expect(borrowed.takeUnused()).toEqual([]); // The key was used since the look before.
  clock.mockReturnValue(ms);
  return borrowed.takeUnused()[0]?.tokens;
}

it('What a caller did not use goes back, without what the time has given back already', () => {
  expect(givenBackAt(0)).toBe(10);
  expect(givenBackAt(250)).toBe(7.5);
  expect(givenBackAt(1000)).toBeUndefined();
  expect(givenBackAt(60_000)).toBeUndefined();
});
