import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { randomBytes, randomInt } from 'node:crypto';
import type { Principal } from '#libs/access';
import { Keyring, loadConfig } from '#libs/config';
import { runInContext } from '#libs/context';
import { newId } from '#libs/database';
import { CursorCodec, type Listing } from './cursor-codec.js';
import { CursorInvalid } from './problems.js';

const newKey = () => randomBytes(32).toString('base64url');

function cursorsOf(...keys: string[]): CursorCodec {
  const config = loadConfig({ DATABASE_URL: 'postgres://localhost/x', SECRET_KEYS: keys.join(',') });
  return new CursorCodec(new Keyring(config));
}

const cursors = cursorsOf(newKey());
const listing: Listing = { resource: 'users', sort: 'name', filters: { status: 'active', role: undefined } };

function cursorAfter(value: string | number | Date, id: string, bound = listing, by = cursors): string {
  const rows = [value, 'of the surplus row'].map((each) => ({ value: each, id }));
  return by.page(rows, { ...bound, limit: 1 }, (row) => row).page.next_cursor!;
}

const as = <T>(id: string, work: () => T): T => {
  const principal: Principal = { kind: 'user', id, permissions: new Set() };
  return runInContext({ requestId: 'request-1', principal }, work);
};

/** Letters of one to four bytes, and quotes and backslashes, which JSON escapes. */
function randomText(): string {
  const letters = [...'aZ0 "\\\n\u2028é漢😀'];
  return Array.from({ length: randomInt(40) }, () => letters[randomInt(letters.length)]).join('');
}

describe('a cursor', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('gives back the position it was made of, whatever the value', () => {
    for (let round = 0; round < 500; round += 1) {
      const values = [randomText(), Math.random() * 1e6 - 5e5, new Date(randomInt(2 ** 40))];
      const value = values[round % 3]!;
      const id = randomText();
      const expected = value instanceof Date ? value.toISOString() : value;
      expect(cursors.read(cursorAfter(value, id), listing)).toEqual({ value: expected, id });
    }
  });

  it.each(['latin1', 'base64url'] as const)(
    'is refused with any single bit changed, read as %s',
    (encoding) => {
      const bytes = Buffer.from(cursorAfter('Ada Lovelace, '.repeat(8), newId()), encoding);
      const bits = Array.from({ length: bytes.length * 8 }, (_, bit) => bit);
      const refused = bits.filter((bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        try {
          cursors.read(changed.toString(encoding), listing);
          return false;
        } catch (error) {
          return error instanceof CursorInvalid;
        }
      });
      expect(bits.length).toBeGreaterThanOrEqual(1000);
      expect(refused).toEqual(bits);
    },
  );

  it.each([
    ['another resource', { resource: 'jobs' }],
    ['another sort', { sort: '-name' }],
    ['another filter value', { filters: { status: 'disabled' } }],
    ['one more filter', { filters: { status: 'active', role: 'admin' } }],
    ['one filter less', { filters: {} }],
  ])('is refused for %s', (_, change) => {
    const bound = { ...listing, filters: { status: 'active' } };
    const cursor = cursorAfter('Ada', 'id-1', bound);
    expect(cursors.read(cursor, bound)).toBeDefined();
    expect(() => cursors.read(cursor, { ...bound, ...change })).toThrow(CursorInvalid);
  });

  it('is refused for another caller, and without a caller', () => {
    const cursor = as('ann', () => cursorAfter('Ada', 'id-1'));
    expect(as('ann', () => cursors.read(cursor, listing))).toBeDefined();
    expect(() => as('bob', () => cursors.read(cursor, listing))).toThrow(CursorInvalid);
    expect(() => cursors.read(cursor, listing)).toThrow(CursorInvalid);
  });

  it('works with the filters in another order, and ignores filters that are not given', () => {
    const cursor = cursorAfter('Ada', 'id-1', { ...listing, filters: { a: '1', b: '2' } });
    const reordered = { ...listing, filters: { b: '2', a: '1', c: undefined } };
    expect(cursors.read(cursor, reordered)).toEqual({ value: 'Ada', id: 'id-1' });
  });

  it('works after a rotation of keys, until its key is removed', () => {
    const [old, fresh] = [newKey(), newKey()];
    const cursor = cursorAfter('Ada', 'id-1', listing, cursorsOf(old));
    expect(cursorsOf(fresh, old).read(cursor, listing)).toEqual({ value: 'Ada', id: 'id-1' });
    expect(() => cursorsOf(fresh).read(cursor, listing)).toThrow(CursorInvalid);
  });

  it('works for 72 hours and not longer', () => {
    jest.useFakeTimers({ now: 0 });
    const cursor = cursorAfter('Ada', 'id-1');
    jest.setSystemTime(72 * 3600 * 1000);
    expect(cursors.read(cursor, listing)).toBeDefined();
    jest.setSystemTime(72 * 3600 * 1000 + 1);
    expect(() => cursors.read(cursor, listing)).toThrow(CursorInvalid);
  });

  it('does not show the values it holds', () => {
    const cursor = cursorAfter('Ada Lovelace', 'id-1');
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toMatch(/Ada|Lovelace|id-1/);
  });

  it.each(['', 'x', 'e30', 'A'.repeat(28), 'A'.repeat(100_000), '../../etc/passwd', '漢字'])(
    'is not made by guessing (%#)',
    (guess) => expect(() => cursors.read(guess, listing)).toThrow(CursorInvalid),
  );
});

describe('a page', () => {
  const positionOf = (id: number) => ({ value: id, id: String(id) });

  it('has a next one exactly when the query found more rows than the limit', () => {
    const page = (rows: number[]) => cursors.page(rows, { ...listing, limit: 2 }, positionOf);
    expect(page([])).toEqual({ data: [], page: { next_cursor: null, has_more: false } });
    expect(page([1, 2])).toEqual({ data: [1, 2], page: { next_cursor: null, has_more: false } });
    const first = page([1, 2, 3]);
    expect(first).toEqual({ data: [1, 2], page: { next_cursor: expect.any(String), has_more: true } });
    expect(cursors.read(first.page.next_cursor!, listing)).toEqual({ value: 2, id: '2' });
  });
});
