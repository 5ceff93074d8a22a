import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { signedIn } from '../../support/people.js';
import { exchange } from '../../support/raw.js';
import { concrete, listedRoutes } from '../../support/routes.js';

const api = 'https://api.mainstay.test';
const front = 'https://app.mainstay.test:8443';
const foreign = [
  'null',
  '*',
  'https://evil.test',
  'https://app.mainstay.test',
  'http://app.mainstay.test:8443',
  'https://app.mainstay.test:8443.evil.test',
  'https://evil.app.mainstay.test:8443',
  `${front}/`,
  front.toUpperCase(),
  `${front}, https://evil.test`,
];

let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { PUBLIC_URL: api, APP_URL: `${front}/start` } });
});
afterAll(() => world.close());

const send = (method: string, path: string, headers: Record<string, string>) =>
  fetch(world.url + path, { method, headers, redirect: 'manual' });

const preflight = (path: string, origin: string, method: string) =>
  send('OPTIONS', path, {
    origin,
    'access-control-request-method': method,
    'access-control-request-headers': 'content-type,idempotency-key',
  });

/** Returns the fields that tell a browser what a page of another origin may do. */
const grants = ({ headers }: Response) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control'));

/** Returns the code of a problem, or nothing for another answer. */
async function codeOf(answer: Response): Promise<string | undefined> {
  if (answer.headers.get('content-type')?.startsWith('application/problem+json'))
    return ((await answer.json()) as { code: string }).code;
  await answer.body?.cancel();
  return undefined;
}

const listOf = (headers: Headers, name: string) => (headers.get(name) ?? '').split(', ');

/** What Fetch shows to every page, and what is for the browser alone. */
const notForPages = new Set(
  `cache-control content-language content-length content-type expires last-modified
  accept-ranges connection date keep-alive set-cookie clear-site-data transfer-encoding vary
  content-security-policy cross-origin-opener-policy cross-origin-resource-policy x-frame-options
  permissions-policy referrer-policy strict-transport-security x-content-type-options
  access-control-allow-origin access-control-allow-credentials access-control-expose-headers`.split(/\s+/),
);

const routes = listedRoutes();

describe('every route', () => {
  it('can be used from the pages of the front end, with cookies and all fields', async () => {
    for (const { method, path } of routes) {
      const asked = await preflight(concrete(path), front, method);
      expect([path, asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([
        path,
        204,
        front,
      ]);
      expect(asked.headers.get('access-control-allow-credentials')).toBe('true');
      expect(listOf(asked.headers, 'access-control-allow-methods')).toContain(method);
      expect(asked.headers.get('access-control-max-age')).toMatch(/^\d{3,}$/);

      const answer = await send(method, concrete(path), { origin: front });
      expect(answer.headers.get('access-control-allow-origin')).toBe(front);
      expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
      expect(listOf(answer.headers, 'vary')).toContain('Origin');
      const shown = listOf(answer.headers, 'access-control-expose-headers').map((name) => name.toLowerCase());
      const hidden = [...answer.headers.keys()].filter(
        (name) => !notForPages.has(name) && !shown.includes(name),
      );
      expect([path, hidden]).toEqual([path, []]);
      expect([path, await codeOf(answer)]).not.toEqual([path, 'auth.origin-refused']);
    }
  });

  it('grants nothing to other pages, and changes nothing for them', async () => {
    for (const { method, path } of routes) {
      const asked = await preflight(concrete(path), 'https://evil.test', method);
      const answer = await send(method, concrete(path), { origin: 'https://evil.test' });
      expect([path, grants(asked), grants(answer)]).toEqual([path, [], []]);
      expect(listOf(answer.headers, 'vary')).toContain('Origin');
      const isRefused = (await codeOf(answer)) === 'auth.origin-refused';
      expect([path, isRefused]).toEqual([path, method !== 'GET']);
    }
  });
});

describe('another origin', () => {
  it.each(foreign)('%s is nobody', async (origin) => {
    const { cookie } = await signedIn(world, 'member');
    const asked = await preflight('/v1/users/me', origin, 'PATCH');
    const read = await send('GET', '/v1/users/me', { origin, cookie });
    const changed = await send('DELETE', '/v1/sessions/current', { origin, cookie });
    expect([asked, read, changed].flatMap(grants)).toEqual([]);
    expect(changed.status).toBe(403);
  });

  it.each([api, front])('%s is one of ours', async (origin) => {
    const { cookie } = await signedIn(world, 'member');
    expect((await send('DELETE', '/v1/sessions/current', { origin, cookie })).status).toBe(204);
  });
});

describe('a page of the front end', () => {
  it.each([
    ['an unknown path', 'GET', '/nothing', {}, 404],
    ['a malformed path', 'GET', '/%zz', {}, 400],
    ['a wrong method', 'PUT', '/v1/users', {}, 405],
    ['a media type', 'POST', '/v1/sessions', { 'content-type': 'text/plain' }, 415],
    ['a representation', 'GET', '/v1/users/me', { accept: 'image/png' }, 406],
    ['a host', 'GET', '/v1/users/me', { host: 'a b' }, 400],
  ])('can read why %s is refused', async (_, method, path, headers: Record<string, string>, status) => {
    const fields = { host: 'x', origin: front, connection: 'close', 'content-length': '2', ...headers };
    const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
    const answer = await exchange(world.url, [`${method} ${path} HTTP/1.1`, ...head, '', '{}'].join('\r\n'));
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain(`access-control-allow-origin: ${front}\r\n`);
  });

  it('can read what keeps its changes apart: version, place and replay', async () => {
    const { cookie } = await signedIn(world, 'member');
    const { headers } = await send('GET', '/v1/users/me', { origin: front, cookie });
    expect(headers.get('etag')).toBeTruthy();
    expect(listOf(headers, 'vary').toSorted()).toEqual(['Authorization', 'Cookie', 'Origin']);
    expect(listOf(headers, 'access-control-expose-headers')).toEqual(
      expect.arrayContaining(['ETag', 'Location', 'Link', 'RateLimit', 'RateLimit-Policy', 'Retry-After']),
    );
  });

  it('can follow the events of a job, whose answer does not end', async () => {
    const { cookie } = await signedIn(world, 'admin');
    const accepted = await fetch(`${world.url}/v1/user-exports`, {
      method: 'POST',
      headers: { origin: front, cookie, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({ format: 'csv' }),
    });
    expect(accepted.status).toBe(202);
    const events = await send('GET', `${accepted.headers.get('location')}/events`, { origin: front, cookie });
    await events.body?.cancel();
    expect(events.headers.get('content-type')).toContain('text/event-stream');
    expect(events.headers.get('access-control-allow-origin')).toBe(front);
    expect(events.headers.get('access-control-allow-credentials')).toBe('true');
  });

  it('may send every field that a route reads', async () => {
    const { body } = await request(world.url).get('/openapi.json').expect(200);
    type Operation = { parameters?: { in: string; name: string }[] };
    const read = Object.values(body.paths as Record<string, Record<string, Operation>>)
      .flatMap((path) => Object.values(path))
      .flatMap(({ parameters = [] }) => parameters)
      .filter((parameter) => parameter.in === 'header')
      .map(({ name }) => name.toLowerCase())
      // Every page may send this one.
      .filter((name) => name !== 'accept');
    const { headers } = await preflight('/v1/users', front, 'POST');
    const allowed = listOf(headers, 'access-control-allow-headers').map((name) => name.toLowerCase());
    expect(new Set(read).size).toBeGreaterThan(1);
    expect(allowed).toEqual(
      expect.arrayContaining([...read, 'authorization', 'content-type', 'idempotency-key']),
    );
  });

  it('that asks without a method only hears what the path allows', async () => {
    const asked = await send('OPTIONS', '/v1/users', { origin: front });
    expect(asked.headers.get('allow')).toBe('GET, HEAD, OPTIONS, POST');
    expect(asked.headers.get('access-control-allow-methods')).toBeNull();
  });
});

it('a list replaces the origins of the API and of its front end', async () => {
  const listed = await startWorld({
    env: { PUBLIC_URL: api, APP_URL: front, ALLOWED_ORIGINS: 'https://one.test' },
  });
  try {
    const origins = [api, front, 'https://one.test'];
    const statuses = await Promise.all(
      origins.map(async (origin) => {
        const { status } = await fetch(`${listed.url}/v1/sessions/current`, {
          method: 'DELETE',
          headers: { origin },
        });
        return status;
      }),
    );
    expect(statuses).toEqual([403, 403, 401]);
  } finally {
    await listed.close();
  }
});
