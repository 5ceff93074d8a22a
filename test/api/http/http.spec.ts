import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { type Person, signedIn } from '../../support/people.js';
import { problemExpectation } from '../../support/problems.js';
import { exchange } from '../../support/raw.js';

let world: World;
let admin: Person;
beforeAll(async () => {
  world = await startWorld();
  admin = await signedIn(world, 'admin');
});
afterAll(() => world.close());

const http = () => request(world.url);
const expectProblem = problemExpectation(() => world.url);
const invitation = () =>
  http().post('/v1/users').set('cookie', admin.cookie).set('idempotency-key', crypto.randomUUID());

describe('every error', () => {
  it('is a problem, for an unknown path', async () => {
    expectProblem(await http().get('/v1/nothing?secret=1'), 404, 'http.route-not-found');
  });

  it.each(['/v1/users/', '//v1/users', '/V1/users', '/v1/users;x', '/v1/%75sers/'])(
    'has no second spelling of a path: %s',
    async (path) => {
      const { status } = await http().get(path).set('cookie', admin.cookie);
      expect(status).toBe(404);
    },
  );

  it('is a problem for a body that is no JSON, too deep, not UTF-8, or poisonous', async () => {
    const bodies = [
      '{',
      '{"a":}',
      '['.repeat(33) + ']'.repeat(33),
      '{"__proto__":1}',
      '{"constructor":{"prototype":1}}',
      '{"email":"a@example.com","name":"A","name":"B"}',
      '{"email":"a@example.com","name":"A","n\\u0061me":"B"}',
      '{"a":[{"b":":"},{"c":{"d":1,"d":1}}]}',
    ];
    for (const body of bodies) {
      const response = await invitation()
        .set('content-type', 'application/json')
        .send(body as string);
      expectProblem(response, 400, 'http.malformed-json');
    }
    const head =
      'POST /v1/sessions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n';
    const latin1 = await exchange(world.url, Buffer.from(`${head}content-length: 3\r\n\r\n"\xff"`, 'latin1'));
    expect(latin1).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"http\.malformed-json"/);
  });

  it('refuses other media types, charsets and encodings, and says which it takes', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      'text/csv',
    ]) {
      const response = await invitation().set('content-type', type).send('{}');
      expectProblem(response, 415, 'http.unsupported-media-type');
      expect(response.headers['accept-post']).toBe('application/json');
    }
    expectProblem(
      await invitation().set('content-encoding', 'gzip').send({}),
      415,
      'http.unsupported-media-type',
    );
    const patch = await http()
      .patch('/v1/users/me')
      .set('cookie', admin.cookie)
      .set('content-type', 'text/plain')
      .send('x');
    expect(patch.headers['accept-patch']).toBe('application/json, application/merge-patch+json');
  });

  it('refuses a body that is too large, announced or not', async () => {
    expectProblem(await invitation().send({ name: 'x'.repeat(70_000) }), 413, 'http.body-too-large');
    const chunk = `${(0x10000 + 1).toString(16)}\r\n${'x'.repeat(0x10001)}\r\n0\r\n\r\n`;
    const head =
      'POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n';
    expect(await exchange(world.url, head + chunk)).toMatch(
      /^HTTP\/1\.1 413 [\s\S]*"code":"http\.body-too-large"/,
    );
  });

  it('refuses an Accept that excludes JSON, and takes every other', async () => {
    const get = (accept: string) => http().get('/health/live').set('accept', accept);
    expectProblem(await get('text/html'), 406, 'http.not-acceptable');
    expectProblem(await get('application/json;q=0, text/html'), 406, 'http.not-acceptable');
    for (const accept of [
      '*/*',
      'application/*',
      'text/html, application/json;q=0.1',
      'text/html, */*;q=0.1',
    ])
      await get(accept).expect(200);
  });

  it('refuses addresses and header fields that are too long, and malformed ones', async () => {
    expectProblem(await http().get(`/v1/users?email=${'x'.repeat(8200)}`), 414, 'http.uri-too-long');
    expectProblem(
      await http()
        .get(`/v1/users/${'x'.repeat(200)}`)
        .set('cookie', admin.cookie),
      414,
      'http.uri-too-long',
    );
    const answers = {
      431: `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      501: 'BREW /pot HTTP/1.1\r\nhost: x\r\n\r\n',
      400: 'BREW pot\r\nhost: x\r\n\r\n',
    };
    for (const [status, bytes] of Object.entries(answers)) {
      const answer = await exchange(world.url, bytes);
      expect(answer).toMatch(
        new RegExp(
          `^HTTP/1\\.1 ${status} [\\s\\S]*content-type: application/problem\\+json[\\s\\S]*"status":${status}`,
        ),
      );
      expect(answer).toContain('x-content-type-options: nosniff');
    }
    expectProblem(await http().get('/v1/users/%zz'), 400, 'http.malformed-request');
  });

  it('has a page that explains it', async () => {
    const { body } = await http().get('/v1/nothing');
    const page = await http()
      .get(new URL(body.type as string).pathname)
      .expect(200)
      .expect('content-type', /text\/html/);
    expect(page.text).toContain('<h1>There is nothing at this path</h1>');
    await http().get('/problems').expect(200);
    expectProblem(await http().get('/problems/no.such-code'), 404, 'http.route-not-found');
  });
});

describe('input', () => {
  it('is refused with everything that is wrong, and where', async () => {
    const response = await invitation().send({ email: 'no', name: ' ', role: 'king', extra: 1, 'a/b~c': 1 });
    expectProblem(response, 422, 'http.invalid-input');
    const pointers = (response.body.errors as { pointer: string }[]).map(({ pointer }) => pointer).sort();
    expect(pointers).toEqual(['#/a~1b~0c', '#/email', '#/extra', '#/name', '#/role']);
    const missing = await invitation().send({});
    expect(missing.body.errors).toContainEqual({
      pointer: '#/email',
      code: 'required',
      detail: 'Is required.',
    });
    expectProblem(await invitation().send(), 422, 'http.invalid-input');
    expectProblem(await invitation().send([1]), 422, 'http.invalid-input');
  });

  it('is refused with what is wrong in its path and in its body at once', async () => {
    const response = await http()
      .patch('/v1/users/not-a-uuid')
      .set({ cookie: admin.cookie, 'if-match': '*' })
      .send({ name: 1, role: 'king' });
    expectProblem(response, 422, 'http.invalid-input');
    const places = (response.body.errors as object[]).map((error) => Object.values(error)[0] as string);
    expect(places.sort()).toEqual(['#/name', '#/role', 'id']);
  });

  it('is refused with NUL and lone surrogates, in values and in queries', async () => {
    const body = await invitation().send({ email: 'a@example.com', name: 'a\0b' });
    expect(body.body.errors).toEqual([
      { pointer: '#/name', code: 'unsupported_character', detail: expect.any(String) },
    ]);
    const surrogate = await invitation()
      .set('content-type', 'application/json')
      .send('{"email":"a@example.com","name":"\\ud800"}');
    expectProblem(surrogate, 422, 'http.invalid-input');
    expectProblem(
      await http().get('/v1/users?email=%00').set('cookie', admin.cookie),
      422,
      'http.invalid-input',
    );
  });

  it('is refused as a query where none is declared, unknown, or repeated', async () => {
    const get = (path: string) => http().get(path).set('cookie', admin.cookie);
    for (const path of [
      `/v1/users/${admin.id}?x=1`,
      '/v1/users?x=1',
      '/v1/users?limit=1&limit=2',
      '/v1/users?limit=1.5',
      '/v1/users?limit=0',
      '/v1/users?limit=101',
      '/v1/users?role=king',
    ]) {
      const response = await get(path);
      expectProblem(response, 422, 'http.invalid-input');
      expect(response.body.errors[0]).toHaveProperty('parameter');
    }
    expectProblem(await get('/v1/users/not-a-uuid'), 422, 'http.invalid-input');
  });
});

describe('every response', () => {
  it('has a request id: the given one when it is harmless, else a new one', async () => {
    const given = await http().get('/health/live').set('x-request-id', 'abc-12345');
    expect(given.headers['x-request-id']).toBe('abc-12345');
    const refused = await http().get('/health/live').set('x-request-id', 'no spaces!');
    expect(refused.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('carries the trace of the caller into problems', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { body } = await http().get('/nothing').set('traceparent', traceparent);
    expect(body.trace_id).toBe('0af7651916cd43dd8448eb211c80319c');
    const bad = await http()
      .get('/nothing')
      .set('traceparent', '00-00000000000000000000000000000000-b7ad6b7169203331-01');
    expect(bad.body).not.toHaveProperty('trace_id');
  });

  it('to HEAD is the one to GET without its body', async () => {
    const path = `/v1/users/${admin.id}`;
    const get = await http().get(path).set('cookie', admin.cookie).expect(200);
    const head = await http().head(path).set('cookie', admin.cookie).expect(200);
    expect(head.text).toBeUndefined();
    for (const name of ['content-length', 'content-type', 'etag', 'cache-control'])
      expect(head.headers[name]).toBe(get.headers[name]);
  });
});

describe('a process with too much to do', () => {
  it('refuses more at once, and still answers its probes', async () => {
    const small = await startWorld({ env: { MAX_CONCURRENT_REQUESTS: '4' } });
    try {
      const signIn = () =>
        request(small.url).post('/v1/sessions').send({ email: 'a@example.com', password: 'nobody knows it' });
      const answers = Promise.all(Array.from({ length: 40 }, () => signIn().then((response) => response)));
      await request(small.url).get('/health/live').expect(200);
      const statuses = (await answers).map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set([401, 503]));
      const refused = (await answers).find(({ status }) => status === 503)!;
      expect(refused.body.code).toBe('http.overloaded');
      expect(refused.headers['retry-after']).toBe('1');
      await signIn().expect(401);
    } finally {
      await small.close();
    }
  });
});
