import { describe, expect, it } from '@jest/globals';
import { canonicalRecoveryCode, newRecoveryCode } from './recovery-code.js';

describe('a recovery code', () => {
  it('has seven groups of four letters that cannot be mistaken', () => {
    const codes = Array.from({ length: 1000 }, newRecoveryCode);
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(new Set(codes).size).toBe(1000);
    // Every letter occurs: 28,000 draws of 32 miss one with a probability of 1e-384.
    expect(new Set(codes.join('').replaceAll('-', '')).size).toBe(32);
  });

  it('is known however it was typed', () => {
    const code = '0123-4567-89AB-CDEF-GHJK-MNPQ-1010';
    const typed = ['0123456789abcdefghjkmnpq1010', 'o123 4567 89ab cdef ghjk mnpq iOlO', ` ${code} `];
    expect(typed.map(canonicalRecoveryCode)).toEqual([code, code, code]);
  });

  it.each([
    '',
    '123456',
    '0123-4567-89AB-CDEF-GHJK-MNPQ-101',
    '0123-4567-89AB-CDEF-GHJK-MNPQ-101U',
    'ß'.repeat(28),
  ])('is not %j', (text) => {
    expect(canonicalRecoveryCode(text)).toBeUndefined();
  });
});
