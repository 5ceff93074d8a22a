import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ProblemDocument } from '#libs/problem';
import { startWorld, type World } from '../../support/apps.js';
import type { Answer } from '../../support/contract/answer.js';
import { type Operation, operations } from '../../support/contract/document.js';
import { send } from '../../support/fuzz/send.js';
import { registeredService, tokenOf } from '../../support/machines.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';
import { concrete, listedRoutes } from '../../support/routes.js';

let world: World;
let admin: Person;
let token: string;
beforeAll(async () => {
  world = await startWorld({ env: { RATE_LIMIT_AUTH: '100000/60' } });
  admin = await inSudo(world, await signedIn(world, 'admin'));
  token = await tokenOf(world, await registeredService(world, admin));
});
afterAll(() => world.close());

const exchange = (method: string, target: string, headers: Record<string, string> = {}, body?: string) =>
  send(world.url, { method, target, headers, body });

/** Sends what the operation would take from somebody who may do it, but for what the test changes. */
function ask(
  { id, method, path, parameters, body }: Operation,
  {
    query = '',
    headers = {},
    text,
  }: { query?: string; headers?: Record<string, string>; text?: string } = {},
): Promise<Answer> {
  const required = parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
  const pairs = [...required.map(({ name }) => `${name}=a%20reason`), query].filter(Boolean).join('&');
  const isForServices = id === 'getCurrentServiceClient';
  const [type] = Object.keys(body);
  const usual: Record<string, string> = {
    ...(isForServices ? { authorization: `Bearer ${token}` } : { cookie: admin.cookie }),
    'if-match': '*',
    'idempotency-key': randomUUID(),
    ...(text !== undefined && { 'content-type': type ?? 'application/json' }),
  };
  return exchange(method, concreteOf(path) + (pairs && `?${pairs}`), { ...usual, ...headers }, text);
}

const concreteOf = (path: string) =>
  concrete(path.replace('{provider}', 'acme').replaceAll(/\{(\w+)\}/g, ':$1'));

const problemOf = ({ body }: Answer) => JSON.parse(body!.toString('utf8')) as ProblemDocument;

/** Status and code of the answer of each operation, where it is not the wanted one. */
async function others(
  chosen: readonly Operation[],
  wanted: string,
  change: (operation: Operation) => Parameters<typeof ask>[1],
): Promise<string[]> {
  const found: string[] = [];
  for (const operation of chosen) {
    const answer = await ask(operation, change(operation));
    const seen = answer.status < 400 ? String(answer.status) : `${answer.status} ${problemOf(answer).code}`;
    if (seen !== wanted) found.push(`${operation.id}: ${seen}`);
  }
  return found;
}

const takingJson = operations.filter(({ body }) => 'application/json' in body);
const takingNothing = operations.filter(
  ({ method, body }) => method !== 'GET' && Object.keys(body).length === 0,
);
const takingBytes = operations.filter(({ body }) => Object.keys(body).length > 0);

describe('every path', () => {
  const routes = listedRoutes();
  const paths = [...new Set(routes.map(({ path }) => path))];
  const matches = (pattern: string, path: string) =>
    new RegExp(
      `^${pattern
        .replaceAll('.', String.raw`\.`)
        .replaceAll('*', '.*')
        .replaceAll(/:\w+/g, '[^/]+')}$`,
    ).test(path);
  const methodsOf = (path: string) => {
    const methods = routes.filter((route) => matches(route.path, path)).map(({ method }) => method);
    return [...new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])].toSorted();
  };

  it('has the methods of its routes, names them, and refuses the others', async () => {
    for (const path of paths.map((pattern) => concrete(pattern).replace('*', 'x'))) {
      const methods = methodsOf(path);
      const wrong = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'QUERY'].filter(
        (method) => !methods.includes(method),
      );
      for (const method of ['OPTIONS', ...wrong]) {
        const { status, headers } = await exchange(method, path, { cookie: admin.cookie });
        expect([method, path, status, headers.allow]).toEqual([
          method,
          path,
          method === 'OPTIONS' ? 204 : 405,
          methods.join(', '),
        ]);
      }
    }
  });

  it('answers HEAD as it answers GET, without the body', async () => {
    const changing = new Set(['date', 'x-request-id', 'ratelimit', 'content-length', 'transfer-encoding']);
    const fieldsOf = ({ headers }: Answer) =>
      Object.fromEntries(Object.entries(headers).filter(([name]) => !changing.has(name)));
    for (const path of paths.filter((candidate) => methodsOf(concrete(candidate)).includes('GET'))) {
      const [get, head] = [
        await exchange('GET', concrete(path), { cookie: admin.cookie }),
        await exchange('HEAD', concrete(path), { cookie: admin.cookie }),
      ];
      expect([path, head.status, head.body?.length]).toEqual([path, get.status, 0]);
      expect([path, fieldsOf(head)]).toEqual([path, fieldsOf(get)]);
    }
  });
});

describe('every operation', () => {
  it('refuses another media type, and says which it takes', async () => {
    const text = { text: 'x', headers: { 'content-type': 'text/plain' } };
    const wrong = '415 http.unsupported-media-type';
    expect(await others([...takingBytes, ...takingNothing], wrong, () => text)).toEqual([]);
    for (const operation of takingBytes) {
      const { headers } = await ask(operation, text);
      const accepted = headers[operation.method === 'PATCH' ? 'accept-patch' : 'accept-post'];
      expect([operation.id, accepted?.split(', ')]).toEqual([operation.id, Object.keys(operation.body)]);
    }
  });

  it('refuses a body that is too large', async () => {
    const text = `"${'x'.repeat(64 * 1024)}"`;
    expect(await others(takingJson, '413 http.body-too-large', () => ({ text }))).toEqual([]);
  });

  it.each([
    ['is cut off', '{"a":'],
    ['has a member twice', String.raw`{"a":{"b":1,"\u0062":1}}`],
    ['is nested too deep', '['.repeat(33) + ']'.repeat(33)],
    ['would change a prototype', '{"__proto__":{}}'],
  ])('refuses JSON that %s', async (_what, text) => {
    expect(await others(takingJson, '400 http.malformed-json', () => ({ text }))).toEqual([]);
  });

  it('refuses members that it does not know, and a body where it takes none', async () => {
    for (const operation of [...takingJson, ...takingNothing]) {
      const answer = await ask(operation, { text: '{"surplus":1}' });
      const place = takingNothing.includes(operation) ? '#' : '#/surplus';
      expect([operation.id, answer.status, problemOf(answer).errors]).toEqual([
        operation.id,
        422,
        expect.arrayContaining([expect.objectContaining({ pointer: place, code: 'unrecognized' })]),
      ]);
    }
  });

  it('refuses even nothing as a body where it takes none', async () => {
    expect(await others(takingNothing, '422 http.invalid-input', () => ({ text: 'null' }))).toEqual([]);
  });

  it('refuses parameters that it does not know, and those that occur twice', async () => {
    for (const operation of operations) {
      const names = operation.parameters
        .filter((parameter) => parameter.in === 'query')
        .map(({ name }) => name);
      // A provider may say more to its callback than we know (RFC 6749 section 3.1).
      const unknown = operation.id === 'completeOpenid' ? [] : ['surplus=1'];
      for (const query of [...unknown, ...names.map((name) => `${name}=1&${name}=1`)]) {
        const name = query.split('=')[0];
        const answer = await ask(operation, { query });
        expect([operation.id, query, answer.status, problemOf(answer).errors]).toEqual([
          operation.id,
          query,
          422,
          expect.arrayContaining([expect.objectContaining({ parameter: name })]),
        ]);
      }
    }
  });

  it('refuses an Accept that its answer does not meet, when it has content', async () => {
    const contentOf = ({ responses }: Operation) =>
      Object.entries(responses)
        .filter(([status]) => /^[23]/.test(status))
        .flatMap(([, { content = {} }]) => Object.keys(content));
    const speaking = operations.filter((operation) => contentOf(operation).length > 0);
    const headers = { accept: 'image/png' };
    const chosen = speaking.filter((operation) => !contentOf(operation).includes('*/*'));
    expect(await others(chosen, '406 http.not-acceptable', () => ({ headers }))).toEqual([]);
    // There is nothing to choose a media type for: a browser must be redirected, and signed out, all the same.
    const silent = operations.filter((operation) => !speaking.includes(operation));
    expect(silent.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['signInByOpenid', 'completeOpenid', 'endSessionsByOpenid', 'signOut']),
    );
    for (const operation of silent.toSorted((a) => (a.id === 'signOut' ? 1 : -1)))
      expect([operation.id, (await ask(operation, { headers })).status]).not.toEqual([operation.id, 406]);
  });
});
