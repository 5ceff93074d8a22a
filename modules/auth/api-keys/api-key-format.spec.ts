import { describe, expect, it } from '@jest/globals';
import { newId } from '#libs/database';
import { keyPrefix, newApiKey, parseApiKey } from './api-key-format.js';

describe('the form of an API key', () => {
  it('carries the id of its row and 256 bits of secret', () => {
    for (const id of [
      newId(),
      '00000000-0000-0000-0000-000000000000',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
    ]) {
      const { key, secret } = newApiKey(id);
      expect(parseApiKey(key)).toEqual({ id, secret });
      expect(key).toMatch(/^mst_live_[0-9A-Za-z]{22}_[0-9A-Za-z]{49}$/);
      expect(key.startsWith(`${keyPrefix(id)}_`)).toBe(true);
    }
  });

  it('is another one each time', () => {
    const id = newId();
    expect(new Set(Array.from({ length: 100 }, () => newApiKey(id).key)).size).toBe(100);
  });

  it('is broken by any change of one character', () => {
    const { key } = newApiKey(newId());
    for (let place = 'mst_live_'.length; place < key.length; place += 1) {
      const other = key[place] === 'a' ? 'b' : 'a';
      expect(parseApiKey(key.slice(0, place) + other + key.slice(place + 1))).toBeUndefined();
    }
  });

  it.each(['', 'mst_live_', 'mst_live_x_y', 'mst_test_x', '%', `${newApiKey(newId()).key}0`])(
    'is not that of %p',
    (text) => {
      expect(parseApiKey(text)).toBeUndefined();
    },
  );

  it('has no id beyond 128 bits', () => {
    const { key } = newApiKey(newId());
    expect(parseApiKey(key.replace(/^mst_live_.{22}/, `mst_live_${'z'.repeat(22)}`))).toBeUndefined();
  });
});
