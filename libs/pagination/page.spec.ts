import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { nextLink, pageOf, pageQuery } from './page.js';

const query = pageQuery({ status: z.enum(['active', 'disabled']).optional() });

describe('the query of a list', () => {
  it.each([
    [{}, 20],
    [{ limit: '1' }, 1],
    [{ limit: '100' }, 100],
  ])('takes %j as a limit of %d', (given, limit) => {
    expect(query.parse(given)).toEqual({ limit });
  });

  it.each(['0', '-1', '101', '1000000000', '1.5', '1e1', '0x10', ' 5', '+5', 'abc', '', ['5'], ['5', '6']])(
    'refuses %j as a limit',
    (limit) => {
      const issues = query.safeParse({ limit }).error?.issues;
      expect(issues?.map(({ path }) => path)).toEqual([['limit']]);
    },
  );

  it('keeps the filters of its list and refuses unknown parameters', () => {
    expect(query.parse({ status: 'active', cursor: 'abc' })).toEqual({
      limit: 20,
      status: 'active',
      cursor: 'abc',
    });
    expect(query.safeParse({ offset: '20' }).error?.issues[0]?.code).toBe('unrecognized_keys');
  });

  it('is documented as a number between 1 and 100', () => {
    const { properties, required } = z.toJSONSchema(query, { io: 'input' });
    expect(required).toBeUndefined();
    expect(properties?.limit).toMatchObject({ type: 'integer', minimum: 1, maximum: 100 });
  });
});

describe('the schema of a page', () => {
  it('encodes the views that it holds', () => {
    const day = z.codec(z.iso.date(), z.date(), {
      decode: (text) => new Date(text),
      encode: (date) => date.toISOString().slice(0, 10),
    });
    const page = { next_cursor: null, has_more: false };
    const encoded = z.encode(pageOf(z.object({ day })), { data: [{ day: new Date(0) }], page });
    expect(encoded).toEqual({ data: [{ day: '1970-01-01' }], page });
  });
});

describe('the link to the next page', () => {
  const link = (publicUrl: string, requestUrl: string) => nextLink(publicUrl, requestUrl, 'c-1');

  it('is absolute and keeps every other parameter', () => {
    expect(link('https://api.example.com', '/v1/users?status=active&limit=5&cursor=c-0')).toBe(
      '<https://api.example.com/v1/users?status=active&limit=5&cursor=c-1>; rel="next"',
    );
  });

  it('keeps the path of the public address', () => {
    expect(link('https://example.com/api', '/v1/users')).toBe(
      '<https://example.com/api/v1/users?cursor=c-1>; rel="next"',
    );
  });

  it.each(['//evil.example/v1/users', 'http://evil.example/v1/users', '/\\evil.example/v1/users'])(
    'never leads to another host: %s',
    (requestUrl) =>
      expect(link('https://api.example.com', requestUrl)).toMatch(/^<https:\/\/api\.example\.com\//),
  );

  it('cannot be ended early by the request', () => {
    expect(link('https://api.example.com', '/v1/users?name=a>;rel="x"')).toMatch(/^<[^<>"]+>; rel="next"$/);
  });
});
