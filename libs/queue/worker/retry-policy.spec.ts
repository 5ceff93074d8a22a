import { describe, expect, it } from '@jest/globals';
import { classifyFailure } from './retry-policy.js';

/** An error as the driver makes it from the answer of a server. */
const refusal = (code: string) => Object.assign(new Error('refused'), { severity: 'ERROR', code });

describe('the error of an attempt', () => {
  it.each([
    '08P01',
    '28P01',
    '28000',
    '3D000',
    '3F000',
    '26000',
    '42501',
    '42P01',
    '42883',
    '57P01',
    '25006',
  ])('that every job would meet is an outage (%s)', (code) => {
    expect(classifyFailure(refusal(code)).kind).toBe('outage');
  });

  it.each(['22001', '23514', '42601', '42703', '25P03'])(
    'that the job may have caused is no outage (%s)',
    (code) => {
      expect(classifyFailure(refusal(code)).kind).not.toBe('outage');
    },
  );
});
