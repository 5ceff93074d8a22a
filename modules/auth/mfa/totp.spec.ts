import { describe, expect, it } from '@jest/globals';
import { type TOTP, URI } from 'otpauth';
import { newTotpSecret, provisioning, stepOf } from './totp.js';

/** The secret of RFC 6238 appendix B, with SHA-1 and the last six of the eight digits. */
const secret = Buffer.from('12345678901234567890');
const vectors: [seconds: number, code: string][] = [
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
];

describe('a code', () => {
  it.each(vectors)('is what RFC 6238 says at second %d', (seconds, code) => {
    expect(stepOf(code, secret, seconds * 1000, 0)).toBe(Math.floor(seconds / 30));
  });

  it('works one step early or late, and no more', () => {
    const [at, code] = [1_234_567_890_000, '005924'];
    const step = Math.floor(at / 30_000);
    const steps = [-2, -1, 0, 1, 2].map((delta) => stepOf(code, secret, at + delta * 30_000, 0));
    expect(steps).toEqual([undefined, step, step, step, undefined]);
  });

  it('does not work again, nor one before the last that did', () => {
    const [at, code] = [1_234_567_890_000, '005924'];
    const step = Math.floor(at / 30_000);
    expect(stepOf(code, secret, at, step - 1)).toBe(step);
    expect(stepOf(code, secret, at, step)).toBeUndefined();
    expect(stepOf(code, secret, at, step + 1)).toBeUndefined();
  });
});

describe('an enrolment', () => {
  it('gives an app what it needs, in both forms, with 160 new bits', () => {
    const given = newTotpSecret();
    const { secret: base32, uri } = provisioning(given, 'ada@example.com');
    expect(base32).toMatch(/^[A-Z2-7]{32}$/);
    const app = new URL(uri);
    expect(Object.fromEntries(app.searchParams)).toMatchObject({
      secret: base32,
      issuer: 'Mainstay',
      digits: '6',
    });
    expect(decodeURIComponent(app.pathname)).toContain('ada@example.com');
    const code = (URI.parse(uri) as TOTP).generate({ timestamp: 1e12 });
    expect(stepOf(code, given, 1e12, 0)).toBe(Math.floor(1e9 / 30));
    expect(newTotpSecret().equals(given)).toBe(false);
  });
});
