import { describe, expect, it } from '@jest/globals';
import { InputInvalid } from '#libs/http';
import { problemDocument } from '#libs/problem';
import { type Answer, faultsOf } from './answer.js';
import { parseList } from './structured-fields.js';

const limits = { ratelimit: '"default";r=42;t=18', 'ratelimit-policy': '"default";q=600;w=60' };
const refusal = problemDocument(new InputInvalid(), {
  publicUrl: 'https://api.example.com',
  instance: '/v1/users/me',
  requestId: 'request-1',
});

/** An answer of `GET /v1/users/me`, which has the body, the status and the fields that are given. */
function answer(status: number, body: unknown, headers: Record<string, string | undefined> = {}): Answer {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  const all = { 'content-type': type, 'x-request-id': 'request-1', ...limits, ...headers };
  return {
    method: 'GET',
    url: '/v1/users/me?x=1',
    status,
    headers: Object.fromEntries(
      Object.entries(all).filter(([, value]) => value !== undefined),
    ) as Answer['headers'],
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  };
}

const me = {
  id: '0199c0de-0000-7000-8000-000000000000',
  email: 'ada@example.com',
  name: 'Ada',
  role: 'member',
  status: 'active',
  version: 1,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
};
const etag = { etag: '"v1"' };

describe('an answer', () => {
  it('is as described', () => {
    expect(faultsOf(answer(200, me, etag))).toEqual([]);
    expect(faultsOf(answer(422, refusal))).toEqual([]);
    expect(faultsOf(answer(304, '', { ...etag, 'content-type': undefined }))).toEqual([]);
  });

  it.each([
    ['a member that is not described', answer(200, { ...me, password_hash: 'x' }, etag)],
    ['a member of the wrong form', answer(200, { ...me, created_at: 'yesterday' }, etag)],
    ['a member too few', answer(200, { ...me, email: undefined }, etag)],
    ['no JSON', answer(200, '{', etag)],
    ['another media type', answer(200, me, { ...etag, 'content-type': 'text/html' })],
    ['no content', answer(200, '', { ...etag, 'content-type': undefined })],
    ['a field too few', answer(200, me)],
    ['a field that is not described', answer(200, me, { ...etag, 'x-powered-by': 'chance' })],
    ['a field that cannot be parsed', answer(200, me, { ...etag, ratelimit: 'default;r=1, ' })],
    ['a status that is not described', answer(201, me, etag)],
    ['content where none is described', answer(304, 'x', etag)],
    ['a refusal that is no problem', answer(422, me, { 'content-type': 'application/json' })],
    ['a code that is not in the catalogue', answer(422, { ...refusal, code: 'users.nonsense' })],
    ['a code of another status', answer(400, { ...refusal, status: 400 })],
    ['another status in the problem', answer(422, { ...refusal, status: 400 })],
    ['another title', answer(422, { ...refusal, title: 'Oops' })],
    ['another path', answer(422, { ...refusal, instance: '/v1/users/me?x=1' })],
    ['another request id', answer(422, { ...refusal, request_id: 'request-2' })],
    ['a stack', answer(422, { ...refusal, stack: 'at x.ts:1' })],
  ])('is not as described with %s', (_what, wrong) => {
    expect(faultsOf(wrong)).not.toEqual([]);
  });
});

describe('a structured field', () => {
  it('is read as RFC 9651 says', () => {
    expect(parseList('"default";q=600;w=60,\t"a\\"b"; x, tok/en;t=-1.5;b=?0 , @1758095283')).toEqual([
      { value: 'default', parameters: { q: 600, w: 60 } },
      { value: 'a"b', parameters: { x: true } },
      { value: 'tok/en', parameters: { t: -1.5, b: false } },
      { value: new Date(1_758_095_283_000), parameters: {} },
    ]);
    expect(parseList(' ')).toEqual([]);
  });

  it.each([
    'a,',
    ',a',
    'a b',
    'a;',
    'a;B=1',
    'a ;b',
    '"a',
    '"é"',
    String.raw`"\n"`,
    '1.',
    '1.0000',
    '1'.repeat(16),
    '?2',
    'a;b=',
    'é',
  ])('is refused as %j', (text) => expect(() => parseList(text)).toThrow('Not a structured field'));
});
