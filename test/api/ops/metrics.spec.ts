import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { eventually } from '#libs/testing';
import { MetricsServer } from '#modules/ops';
import { startWorld, type World } from '../../support/apps.js';
import { issuedKey, registeredService, tokenOf } from '../../support/machines.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';
import { describeWithPromtool, promtool } from '../../support/promtool.js';

let world: World;
let viewer: Person;
let workerUrl: string;
beforeAll(async () => {
  world = await startWorld({ worker: true, env: { METRICS_PORT: '0', WORKER_METRICS_PORT: '0' } });
  workerUrl = await world.worker!.getUrl();
  viewer = await signedIn(world, 'viewer');
});
afterAll(() => world.close());

const openMetrics = 'application/openmetrics-text; version=1.0.0';

async function metrics(url = world.url, accept = 'text/plain'): Promise<string> {
  const { text } = await request(url).get('/metrics').set({ cookie: viewer.cookie, accept }).expect(200);
  return text;
}

/** The value of one series, or 0 while there is none. */
async function valueOf(series: string): Promise<number> {
  const line = (await metrics()).split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length) ?? 0);
}

const requestsOf = (labels: string) => `http_server_request_duration_seconds_count{${labels}}`;

describe('/metrics', () => {
  it('of both processes is for people, API keys and services with ops:read, and for nobody else', async () => {
    const admin = await inSudo(world, await signedIn(world, 'admin'));
    const member = await signedIn(world, 'member');
    const { key } = await issuedKey(world, await signedIn(world, 'operator'), ['ops:read']);
    const other = await issuedKey(world, await signedIn(world, 'operator'), ['jobs:read']);
    const service = await registeredService(world, admin, { scopes: ['ops:read'] });
    const stranger = await registeredService(world, admin, { scopes: ['clients:self'] });
    for (const url of [world.url, workerUrl]) {
      const ask = (headers: Record<string, string>) => request(url).get('/metrics').set(headers);
      const bearer = (token: string) => ask({ authorization: `Bearer ${token}` });
      await ask({}).expect(401);
      await bearer('mst_live_wrong').expect(401);
      await ask({ cookie: member.cookie }).expect(403);
      await bearer(other.key).expect(403);
      await bearer(await tokenOf(world, stranger)).expect(403);
      await ask({ cookie: viewer.cookie }).expect(200);
      await bearer(key).expect(200);
      await bearer(await tokenOf(world, service)).expect(200);
    }
  });

  it('opens nothing else to a service with that scope', async () => {
    const admin = await inSudo(world, await signedIn(world, 'admin'));
    const token = await tokenOf(world, await registeredService(world, admin, { scopes: ['ops:read'] }));
    const { body } = await request(world.url)
      .get('/v1/users')
      .set('authorization', `Bearer ${token}`)
      .expect(403);
    expect(body.detail).toBe('The request needs a token with the scope users:read.');
  });

  it('counts what was asked, by route, method and status', async () => {
    const answered = requestsOf(
      'http_request_method="GET",http_route="/v1/users/:id",http_response_status_code="200"',
    );
    const before = await valueOf(answered);
    const admin = await signedIn(world, 'admin');
    for (let n = 0; n < 7; n += 1)
      await request(world.url).get(`/v1/users/${viewer.id}`).set('cookie', admin.cookie).expect(200);
    expect(await valueOf(answered)).toBe(before + 7);
    const by = '{http_request_method="GET",http_route="/v1/users/:id"}';
    expect(await valueOf(`http_server_cpu_time_seconds_total${by}`)).toBeGreaterThan(0);
    expect(await valueOf(`http_server_database_time_seconds_total${by}`)).toBeGreaterThan(0);
    expect(await valueOf(`http_server_statements_count${by}`)).toBe(before + 7);
    expect(await valueOf(`http_server_sent_bytes_total${by}`)).toBeGreaterThan(7 * 200);
  });

  it('has one series for a thousand paths that nobody serves', async () => {
    const server = world.api.getHttpAdapter().getInstance();
    const unmatched = requestsOf(
      'http_request_method="GET",http_route="unmatched",http_response_status_code="404"',
    );
    const before = await valueOf(unmatched);
    const lines = (await metrics()).split('\n').length;
    for (let n = 0; n < 10; n += 1)
      await Promise.all(
        Array.from({ length: 100 }, () =>
          server.inject({ url: `/${randomBytes(8).toString('hex')}`, headers: { host: 'mainstay.test' } }),
        ),
      );
    expect(await valueOf(unmatched)).toBe(before + 1000);
    // At most the first series of this status and of its usage, with their heads.
    expect((await metrics()).split('\n').length - lines).toBeLessThan(200);
    expect((await metrics()).split('\n').length).toBeLessThan(3000);
  });

  it('names the trace of a slow request in OpenMetrics', async () => {
    const traceId = randomUUID().replaceAll('-', '');
    await request(world.url)
      .get('/v1/users/me')
      .set({ cookie: viewer.cookie, traceparent: `00-${traceId}-00f067aa0ba902b7-01` })
      .expect(200);
    expect(await metrics(world.url, openMetrics)).toContain(`# {trace_id="${traceId}"}`);
  });

  it('counts sign-ins by their outcome', async () => {
    const failed = 'auth_sign_ins_total{method="password",outcome="failed"}';
    const succeeded = 'auth_sign_ins_total{method="password",outcome="succeeded"}';
    const before = [await valueOf(failed), await valueOf(succeeded)];
    const credentials = { email: viewer.email, password: 'not the password' };
    await request(world.url).post('/v1/sessions').send(credentials).expect(401);
    await signedIn(world, 'member');
    expect([await valueOf(failed), await valueOf(succeeded)]).toEqual(before.map((count) => count + 1));
  });

  it('tells how long jobs wait and run, and what they cost', async () => {
    const admin = await signedIn(world, 'admin');
    const { headers } = await request(world.url)
      .post('/v1/user-exports')
      .set({ cookie: admin.cookie, 'idempotency-key': randomUUID() })
      .send({ format: 'csv' })
      .expect(202);
    await eventually(async () => {
      const { body } = await request(world.url).get(String(headers.location)).set('cookie', admin.cookie);
      return body.state === 'succeeded';
    });
    const job = '{job="users.export"}';
    await eventually(async () => (await valueOf(`jobs_duration_seconds_count${job}`)) === 1);
    expect(await valueOf(`jobs_wait_seconds_count${job}`)).toBe(1);
    expect(await valueOf(`jobs_statements_total${job}`)).toBeGreaterThan(0);
    expect(await valueOf(`jobs_database_time_seconds_total${job}`)).toBeGreaterThan(0);
    expect(await metrics()).toMatch(/jobs_dispatch_lag_seconds_count\{queue="bulk"\} [1-9]/);
  });

  it('is open on a port of its own, and nothing else is', async () => {
    for (const app of [world.api, world.worker!]) {
      const url = `http://127.0.0.1:${app.get(MetricsServer).port}`;
      await request(url)
        .get('/metrics')
        .expect(200)
        .expect('content-type', /^text\/plain/);
      await request(url).get('/v1/users').expect(404);
      await request(url).post('/metrics').expect(404);
    }
  });

  describeWithPromtool('for promtool', () => {
    it('leaves nothing to remark', async () => {
      for (const url of [world.url, workerUrl])
        expect(promtool(['check', 'metrics'], await metrics(url))).toBe('');
    });
  });
});
