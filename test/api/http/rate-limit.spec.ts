import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import request from 'supertest';
import { createApi } from '../../../apps/api/api.js';
import { Config } from '#libs/config';
import { startWorld, type World } from '../../support/apps.js';
import { signedIn } from '../../support/people.js';

/** An hour: nothing comes back while a test runs. */
const limits = { RATE_LIMIT_DEFAULT: '50/3600', RATE_LIMIT_ANONYMOUS: '20/3600' };

const wrongCookie = () => `sid=${randomBytes(32).toString('base64url')}`;
const times = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));
const tally = (responses: { status: number }[]) =>
  responses.reduce<Record<number, number>>(
    (counts, { status }) => ({ ...counts, [status]: (counts[status] ?? 0) + 1 }),
    {},
  );

describe('behind a trusted proxy', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ env: { ...limits, TRUSTED_PROXIES: '127.0.0.1' } });
  });
  afterAll(() => world.close());

  const whoAmI = (cookie: string, from = '192.0.2.1', url = world.url) =>
    request(url).get('/v1/sessions/current').set('cookie', cookie).set('x-forwarded-for', from);

  it('tells a principal the policy and what is left of it', async () => {
    const { cookie } = await signedIn(world, 'member');
    const first = await whoAmI(cookie).expect(200);
    expect(first.headers['ratelimit-policy']).toBe('"default";q=50;w=3600');
    expect(first.headers.ratelimit).toBe('"default";r=49;t=72');
    const second = await whoAmI(cookie, '198.51.100.7').expect(200);
    expect(second.headers.ratelimit).toMatch(/^"default";r=48;t=7[12]$/);
  });

  it('lets exactly the quota of a principal pass through two processes', async () => {
    const other = await createApi(world.api.get(Config));
    await other.listen(0, '127.0.0.1');
    const urls = [world.url, await other.getUrl()];
    const { cookie } = await signedIn(world, 'member');
    const responses = await times(200, (index) =>
      whoAmI(cookie, `192.0.2.${index}`, urls[index % 2]!).then((response) => response),
    );
    await other.close();
    expect(tally(responses)).toEqual({ 200: 50, 429: 150 });
  });

  it('refuses with a problem that says when to come back', async () => {
    const from = '192.0.2.20';
    await times(20, () => whoAmI('', from).expect(401));
    const { headers, body } = await whoAmI('', from).expect(429);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(headers['ratelimit-policy']).toBe('"anonymous";q=20;w=3600');
    expect(headers.ratelimit).toMatch(/^"anonymous";r=0;t=1(79|80)$/);
    expect(body).toMatchObject({
      type: 'http://mainstay.test/problems/http.rate-limited',
      status: 429,
      code: 'http.rate-limited',
      instance: '/v1/sessions/current',
    });
    const t = Number(/t=(\d+)/.exec(headers.ratelimit!)![1]);
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(t);
  });

  it('counts wrong credentials as their address, not the people who are signed in there', async () => {
    const from = '192.0.2.30';
    const { cookie } = await signedIn(world, 'member');
    await times(20, () => whoAmI(wrongCookie(), from).expect(401));
    await whoAmI(wrongCookie(), from).expect(429);
    await request(world.url)
      .post('/v1/sessions')
      .set('x-forwarded-for', from)
      .send({ email: 'ann@example.com', password: 'a guess' })
      .expect(429);
    await whoAmI(cookie, from).expect(200);
  });

  it.each([
    ['203.0.113.78:51234', '203.0.113.0/24'],
    ['[2001:db8:9:1::1]:51234', '2001:db8:9:1::/64'],
    ['unknown', null],
  ])('records for %s the network %s in the audit log', async (from, network) => {
    const { id, cookie } = await signedIn(world, 'member', { from: '192.0.2.40' });
    await request(world.url).get('/v1/users').set({ cookie, 'x-forwarded-for': from }).expect(403);
    const { rows } = await world.db.pool.query(
      `select client_network from audit_events where actor_id = $1 and action = 'access.deny'`,
      [id],
    );
    expect(rows).toEqual([{ client_network: network }]);
  });

  it('counts a principal who is refused for a permission', async () => {
    const { cookie } = await signedIn(world, 'member');
    const response = await request(world.url).get('/v1/users').set('cookie', cookie).expect(403);
    expect(response.headers.ratelimit).toMatch(/^"default";r=49;/);
  });

  it.each([
    ['an IPv6 network of 64 bits', ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2'], '2001:db8:0:2::1'],
    ['IPv4, also mapped into IPv6', ['203.0.113.9', '::ffff:203.0.113.9'], '203.0.113.10'],
    ['IPv4, whatever its port', ['203.0.113.11:1024', '203.0.113.11:1025'], '203.0.113.12:1024'],
    ['IPv6, whatever its port', ['[2001:db8:0:3::1]:80', '[2001:db8:0:3::1]:81'], '[2001:db8:0:4::1]:80'],
    ['whatever is no address', ['unknown', '_hidden'], '203.0.113.13'],
  ])('counts %s as one caller', async (_, same, other) => {
    await times(20, (index) => whoAmI('', same[index % 2]).expect(401));
    await whoAmI('', same[0]).expect(429);
    await whoAmI('', same[1]).expect(429);
    await whoAmI('', other).expect(401);
  });
});

describe('without a trusted proxy', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ env: { ...limits, RATE_LIMIT_ANONYMOUS: '5/3600' } });
  });
  afterAll(() => world.close());

  it('counts by the address of the connection, whatever X-Forwarded-For says', async () => {
    const responses = await times(8, (index) =>
      request(world.url)
        .get('/v1/users')
        .set('x-forwarded-for', `192.0.2.${index}`)
        .then((response) => response),
    );
    expect(tally(responses)).toEqual({ 401: 5, 429: 3 });
  });

  it.each(['/health/live', '/health/ready', '/problems', '/problems/http.rate-limited'])(
    'never limits %s',
    async (path) => {
      const responses = await times(10, () =>
        request(world.url)
          .get(path)
          .then((response) => response),
      );
      expect(tally(responses)).toEqual({ 200: 10 });
      expect(responses[0]!.headers).not.toHaveProperty('ratelimit');
    },
  );
});

(process.env.TEST_REDIS_URL ? describe : describe.skip)('with Redis', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ env: { ...limits, REDIS_URL: process.env.TEST_REDIS_URL } });
  });
  afterAll(() => world.close());

  it('counts there and not in Postgres', async () => {
    const { cookie } = await signedIn(world, 'member');
    const responses = await times(51, () =>
      request(world.url)
        .get('/v1/sessions/current')
        .set('cookie', cookie)
        .then((response) => response),
    );
    expect(tally(responses)).toEqual({ 200: 50, 429: 1 });
    expect((await world.db.pool.query('select from rate_limits')).rowCount).toBe(0);
  });
});

describe('with a Redis that is away', () => {
  let world: World;
  beforeAll(async () => {
    // Port 1 is tcpmux, which nobody runs: the connection is refused at once.
    world = await startWorld({ env: { ...limits, REDIS_URL: 'redis://127.0.0.1:1' } });
  });
  afterAll(() => world.close());

  it('answers reads, half as many of each process', async () => {
    const read = () => request(world.url).get('/v1/users');
    const first = await read().expect(401);
    expect(first.headers.ratelimit).toMatch(/^"anonymous";r=9;/);
    expect(tally(await times(29, read))).toEqual({ 401: 9, 429: 20 });
  });

  it('lets nobody guess passwords uncounted', async () => {
    const { headers, body } = await request(world.url)
      .post('/v1/sessions')
      .send({ email: 'ann@example.com', password: 'a guess' })
      .expect(503);
    expect(body).toMatchObject({ code: 'rate-limit.unavailable' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });
});
