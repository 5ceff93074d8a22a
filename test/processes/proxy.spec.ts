import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readEvents } from '#libs/client';
import { createTestDatabase, eventually, type TestDatabase } from '#libs/testing';
import { Nginx } from '../support/nginx.js';
import { type Person, password, signedIn } from '../support/people.js';
import { dearHashing } from '../support/hashing.js';
import { AppProcess } from '../support/process.js';

(process.env.TEST_NGINX ? describe : describe.skip)('behind a real nginx that compresses', () => {
  let db: TestDatabase;
  let api: AppProcess;
  let nginx: Nginx;
  let admin: Person;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await AppProcess.start('api', {
      DATABASE_URL: db.url,
      TRUSTED_PROXIES: '127.0.0.1',
      ...dearHashing,
      RATE_LIMIT_AUTH: '1000/60',
    }).listening();
    nginx = await Nginx.before(api.url);
    admin = await signedIn({ db, url: nginx.url }, 'admin');
  });
  afterAll(async () => {
    await nginx?.close();
    await api?.stop('SIGKILL');
    await db?.drop();
  });

  const ask = (path: string, { headers, ...init }: RequestInit & { headers?: Record<string, string> } = {}) =>
    fetch(`${nginx.url}${path}`, { ...init, headers: { cookie: admin.cookie, ...headers } });

  it('the ETag of an answer is the If-Match of a change, and its If-None-Match', async () => {
    const read = await ask('/v1/users/me');
    const etag = read.headers.get('etag')!;
    expect([read.headers.get('content-encoding'), etag]).toEqual(['gzip', expect.stringMatching(/^W\/"/)]);
    await read.body!.cancel();
    expect((await ask('/v1/users/me', { headers: { 'if-none-match': etag } })).status).toBe(304);
    const change = (name: string) =>
      ask('/v1/users/me', {
        method: 'PATCH',
        headers: { 'if-match': etag, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: JSON.stringify({ name }),
      });
    expect([(await change('Ann')).status, (await change('Bob')).status]).toEqual([200, 412]);
  });

  it('the client has the address that nginx saw, whatever the client claims', async () => {
    const body = JSON.stringify({ email: admin.email, password });
    await new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.9' };
      request(`${nginx.url}/v1/sessions`, { method: 'POST', headers, localAddress: '127.0.9.1' }, resolve)
        .once('error', reject)
        .end(body);
    });
    const { rows } = await db.pool.query(
      `select distinct client_network from audit_events where action = 'sessions.start' order by 1`,
    );
    expect(rows).toEqual([{ client_network: '127.0.0.0/24' }, { client_network: '127.0.9.0/24' }]);
  });

  it('an event stream arrives event by event', async () => {
    const enqueued = await ask('/v1/user-exports', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({ format: 'csv' }),
    });
    const path = enqueued.headers.get('location')!;
    const stream = await ask(`${path}/events`);
    const states: string[] = [];
    for await (const { data } of readEvents(stream.body!)) {
      states.push((JSON.parse(data) as { state: string }).state);
      // No worker runs: only this, which waits for the first event, leads to a second.
      if (states.length === 1) await ask(path, { method: 'DELETE' });
    }
    expect(states).toEqual(['queued', 'cancelled']);
  });

  it('a stop answers every request that nginx had passed on', async () => {
    const wrong = { email: 'nobody@example.com', password: 'nobody knows it' };
    const answers = Array.from({ length: 20 }, () =>
      ask('/v1/sessions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(wrong),
      }),
    );
    const lists = async () => (await ask('/v1/users?limit=1')).status;
    expect(await lists()).toBe(200);
    const exit = api.stop();
    await eventually(async () => {
      expect(await lists()).toBe(200);
      return (await ask('/health/ready')).status === 503;
    });
    for (const answer of answers) expect((await answer).status).toBe(401);
    expect(await exit).toEqual({ code: 0, signal: null });
  });
});
