import fc from 'fast-check';
import type { Operation } from '../contract/document.js';
import { bodyOf } from './body.js';
import { strangeTexts, valueOf } from './values.js';

export const callers = ['anonymous', 'member', 'viewer', 'admin', 'key'] as const;
export type CallerName = (typeof callers)[number];

/** A request with `@user@` and the like in the place of what the world knows. */
export interface FuzzRequest {
  caller: CallerName;
  method: string;
  /** Path and query. */
  target: string;
  /** Each value of a list is a line of its own. */
  headers: Record<string, string | string[]>;
  body: string | undefined;
}

const kinds: [start: string, kind: string][] = [
  ['/v1/users/me/identities', 'identity'],
  ['/v1/users/me/passkeys', 'passkey'],
  ['/v1/users', 'user'],
  ['/v1/job-inspections', 'deadLetter'],
  ['/v1/jobs', 'job'],
  ['/v1/dead-letters', 'deadLetter'],
  ['/v1/api-keys', 'apiKey'],
  ['/v1/service-clients', 'service'],
  ['/v1/sessions', 'session'],
];

const junkSteps = [
  'x',
  '%00',
  '%ff',
  '%zz',
  '%ed%a0%80',
  '..',
  '%2e%2e%2f',
  'me',
  'current',
  'x'.repeat(129),
  '1',
];

function step(path: string, name: string): fc.Arbitrary<string> {
  const kind = kinds.find(([start]) => path.startsWith(start))?.[1];
  const usual =
    name === 'id'
      ? fc.constantFrom(`@${kind}@`, `@${kind}@`, '@job@', '@nobody@')
      : fc.constantFrom('mail', 'bulk', 'acme', 'nothing');
  return fc.oneof({ weight: 8, arbitrary: usual }, fc.constantFrom(...junkSteps));
}

const encoded = (text: string) => encodeURIComponent(text.toWellFormed()).replaceAll('%40', '@');

const pairs = ({ parameters }: Operation): fc.Arbitrary<string[]> => {
  const declared = parameters.filter((parameter) => parameter.in === 'query');
  const usual = declared.map(({ name, schema = {} }) =>
    valueOf(schema, name).map((value) => `${name}=${encoded(String(value))}`),
  );
  const junk = fc
    .tuple(
      fc.constantFrom(...declared.map(({ name }) => name), 'x', '', '__proto__', 'limit[]', 'cursor'),
      fc.oneof(
        fc.constantFrom(...strangeTexts).map(encoded),
        fc.constantFrom('%zz', '%ff', '%ed%a0%80', '+'),
      ),
    )
    .map(([name, value]) => `${name}=${value}`);
  const pair = usual.length > 0 ? fc.oneof({ weight: 6, arbitrary: fc.oneof(...usual) }, junk) : junk;
  const required = declared.flatMap((parameter, index) => (parameter.required ? [usual[index]!] : []));
  return fc
    .tuple(
      fc.oneof({ weight: 6, arbitrary: fc.tuple(...required) }, fc.constant([])),
      fc.oneof(
        { weight: usual.length > 0 ? 1 : 8, arbitrary: fc.constant([]) },
        fc.array(pair, { maxLength: 3 }),
      ),
    )
    .map(([always, more]) => [...always, ...more]);
};

/** Fields that are sent now and then, whatever the operation. */
const rare: Record<string, (string | string[])[]> = {
  accept: [
    '*/*',
    'application/json',
    'text/html',
    'application/json;q=0',
    'application/*;q=x',
    ',',
    '"',
    'x'.repeat(999),
  ],
  'content-type': [
    'text/plain',
    'application/json; charset=utf-16',
    'application/json;charset="utf-8"',
    'APPLICATION/JSON',
    'application/merge-patch+json',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    'application/json, text/plain',
    '/',
  ],
  'content-encoding': ['gzip', 'identity', 'br, gzip', ''],
  'if-none-match': ['"v1"', '*', 'W/"v1"', '"v1', '', ',', ['"v1"', '*']],
  'x-request-id': ['short', 'long-enough-1', 'no spaces here', 'x'.repeat(65), ['abcdefgh', 'ijklmnop']],
  traceparent: [
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'ff-0-0-0',
    '00-00000000000000000000000000000000-b7ad6b7169203331-01',
  ],
  origin: ['http://mainstay.test', 'http://elsewhere.test', 'null', ''],
  'sec-fetch-site': ['same-origin', 'cross-site', 'none', 'x'],
  authorization: ['Bearer x', 'Bearer', 'Basic eDp5', 'Bearer mst_live_x_y', 'bearer a.b.c', ''],
  cookie: ['sid=x', 'sid=', '=', 'mfa=AAAA', 'sid=%00; sid=a', 'x'.repeat(4000)],
  'last-event-id': ['0', '-1', '1e400', 'x', '99999999999999999999'],
  range: ['bytes=0-0', 'bytes=5-1', 'bytes=-', 'lines=1-2'],
  'x-forwarded-for': ['127.0.0.1', 'not-an-address', '::1, x'],
  'x-http-method-override': ['DELETE'],
  forwarded: ['for="[::1]:x";host=elsewhere.test'],
  te: ['trailers'],
};

const rareField = fc
  .constantFrom(...Object.keys(rare))
  .chain((name) => fc.constantFrom(...rare[name]!).map((value) => [name, value] as const));

const tags = fc.constantFrom<string | string[]>(
  '"v1"',
  '*',
  'W/"v1"',
  '"v99"',
  'v1',
  '"v1", "v2"',
  '"v999999999999"',
  '"v1',
  '',
  ',',
  ['"v1"', '"v2"'],
);
const keys = fc.constantFrom<string | string[]>(
  '@fresh@',
  '"@fresh@"',
  'one',
  'x'.repeat(255),
  'x'.repeat(256),
  '',
  '"',
  'with space',
  ['a', 'b'],
  '\u00e9',
  '"a\\"b"',
);

/** Returns the field in most of the requests. */
const mostly = <T>(name: string, value: fc.Arbitrary<T>, usual: T) =>
  fc
    .oneof(
      { weight: 7, arbitrary: fc.constant(usual) },
      { weight: 2, arbitrary: value },
      { weight: 1, arbitrary: fc.constant(undefined) },
    )
    .map((found) => (found === undefined ? [] : [[name, found] as const]));

function headersOf({ parameters, method, body }: Operation): fc.Arbitrary<FuzzRequest['headers']> {
  const names = parameters
    .filter((parameter) => parameter.in === 'header')
    .map(({ name }) => name.toLowerCase());
  const [type] = Object.keys(body);
  const usual = [
    ...(names.includes('if-match') ? [mostly<string | string[]>('if-match', tags, '*')] : []),
    ...(names.includes('idempotency-key')
      ? [mostly<string | string[]>('idempotency-key', keys, '@fresh@')]
      : []),
    ...(type ? [mostly<string>('content-type', fc.constantFrom(...Object.keys(body)), type)] : []),
    ...(!type && method !== 'GET'
      ? [mostly<string>('content-type', fc.constant('text/csv'), 'application/json')]
      : []),
  ];
  const odd = fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.array(rareField, { minLength: 1, maxLength: 2 }),
  );
  return fc
    .tuple(fc.tuple(...usual), odd)
    .map(([some, more]) => Object.fromEntries([...some.flat(), ...more]));
}

export function requestOf(operation: Operation): fc.Arbitrary<FuzzRequest> {
  const steps = operation.path.split('/').map((text) => {
    const name = /^\{(\w+)\}$/.exec(text)?.[1];
    return name ? step(operation.path, name) : fc.constant(text);
  });
  return fc.record({
    caller: fc.oneof(
      { weight: 5, arbitrary: fc.constant<CallerName>('admin') },
      fc.constantFrom<CallerName>(...callers),
    ),
    method: fc.constant(operation.method),
    target: fc
      .tuple(fc.tuple(...steps), pairs(operation))
      .map(([path, query]) => path.join('/') + (query.length > 0 ? `?${query.join('&')}` : '')),
    headers: headersOf(operation),
    body: bodyOf(operation),
  });
}
