import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Keyring, loadConfig, open, seal, type Seal } from './index.js';

const newKey = () => randomBytes(32).toString('base64url');

function sealOf(keys: string[], { purpose = 'test', bound = 'row:1' } = {}): Seal {
  const config = loadConfig({ DATABASE_URL: 'postgres://localhost/x', SECRET_KEYS: keys.join(',') });
  return { keyring: new Keyring(config), purpose, bound: Buffer.from(bound) };
}

const [older, newer] = [newKey(), newKey()];
const content = Buffer.from('a secret that must be read again');

describe('what is sealed', () => {
  it('opens with the key that sealed it, and never shows its content', () => {
    const sealed = seal(content, sealOf([older]));
    expect(sealed.includes(content)).toBe(false);
    expect(open(sealed, sealOf([older]))).toEqual({ content, isCurrent: true });
  });

  it('opens when a newer key came in front, and says that it wants to be sealed again', () => {
    const sealed = seal(content, sealOf([older]));
    expect(open(sealed, sealOf([newer, older]))).toEqual({ content, isCurrent: false });
    expect(open(seal(content, sealOf([newer, older])), sealOf([newer]))).toMatchObject({ isCurrent: true });
  });

  it('says which key is missing when that was taken away too early', () => {
    expect(() => open(seal(content, sealOf([older])), sealOf([newer]))).toThrow('no longer in SECRET_KEYS');
  });

  it('does not open in another place, for another purpose or with any bit changed', () => {
    const refusal = /unable to authenticate|no longer in SECRET_KEYS/;
    const sealed = seal(content, sealOf([older]));
    expect(() => open(sealed, sealOf([older], { bound: 'row:2' }))).toThrow(refusal);
    expect(() => open(sealed, sealOf([older], { purpose: 'another' }))).toThrow(refusal);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => open(changed, sealOf([older]))).toThrow(refusal);
    }
  });
});
