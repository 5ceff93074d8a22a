import { describe, expect, it } from '@jest/globals';
import { budgetLeft, burnRate, stateOf } from './burn-rate.js';

const quiet = { '5m': 0, '30m': 0, '1h': 0, '6h': 0, '3d': 0 };

describe('the error budget', () => {
  it('is untouched by nothing, and not known without requests', () => {
    expect(burnRate({ requests: 1000, failed: 0 })).toBe(0);
    expect(budgetLeft({ requests: 1000, failed: 0 })).toBe(1);
    expect([burnRate({ requests: 0, failed: 0 }), budgetLeft({ requests: 0, failed: 0 })]).toEqual([
      null,
      null,
    ]);
  });

  it.each([
    [{ requests: 1000, failed: 1 }, 1, 0],
    [{ requests: 10_000, failed: 5 }, 0.5, 0.5],
    [{ requests: 1000, failed: 20 }, 20, -19],
  ])('of %j', (tally, burn, left) => {
    expect(burnRate(tally)).toBeCloseTo(burn);
    expect(budgetLeft(tally)).toBeCloseTo(left);
  });

  it.each([
    [{}, 'ok'],
    [{ '5m': null, '30m': null, '1h': null, '6h': null, '3d': null }, 'ok'],
    [{ '5m': 20, '1h': 15 }, 'page'],
    // It is over.
    [{ '5m': 1, '1h': 15 }, 'ok'],
    // It has only begun.
    [{ '5m': 20, '1h': 2 }, 'ok'],
    [{ '30m': 7, '6h': 6.5 }, 'page'],
    [{ '6h': 2, '3d': 1.1 }, 'ticket'],
    [{ '6h': 0.5, '3d': 1.1 }, 'ok'],
  ] as const)('%j is for: %s', (burn, state) => {
    expect(stateOf({ ...quiet, ...burn })).toBe(state);
  });
});
