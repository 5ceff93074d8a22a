import { beforeEach, expect, it } from '@jest/globals';
import { recordDuration, returnSlowest, slowestKept, takeSlowest } from './slowest-requests.js';

beforeEach(() => void takeSlowest());

const record = (seconds: number) =>
  recordDuration({
    method: 'GET',
    route: '/v1/users',
    status: 200,
    seconds,
    requestId: `request ${seconds}`,
    traceId: undefined,
  });
const taken = () => takeSlowest().map(({ seconds }) => seconds);

it('the slowest requests are kept until somebody takes them, and no more than a few', () => {
  for (const seconds of [3, 1, 9, 2, 8, 4, 7, 5, 6]) record(seconds);
  expect(taken()).toEqual([9, 8, 7, 6, 5]);
  expect(slowestKept).toBe(5);
  expect(taken()).toEqual([]);
});

it('those that could not be stored are kept for the next time, beside those that came meanwhile', () => {
  for (const seconds of [5, 4, 1]) record(seconds);
  const lost = takeSlowest();
  for (const seconds of [6, 3, 2]) record(seconds);
  returnSlowest(lost);
  expect(taken()).toEqual([6, 5, 4, 3, 2]);
});
