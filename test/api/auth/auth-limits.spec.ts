import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { mailsTo, tokenIn } from '../../support/mails.js';
import { password, signedIn } from '../../support/people.js';

/** Nothing comes back while a test runs: 30 of an address, 5 of an address for an account, 100 for an account. */
const env = { RATE_LIMIT_AUTH: '30/3600', TRUSTED_PROXIES: '127.0.0.1' };
const wrong = 'not the right password';

/** What applies to somebody who signs in. The first is what `startWorld` gives to anonymous callers. */
const policies = [
  '"anonymous";q=100000;w=60',
  '"sign-in-address";q=30;w=3600',
  '"sign-in-address-account";q=5;w=54000',
  '"sign-in-account";q=100;w=216000',
].join(', ');

let lastAddress = 0;
/** One that no other test has used. */
const newAddress = () => `198.51.100.${(lastAddress += 1)}`;
const newEmail = () => `${randomUUID()}@example.com`;

describe.each([
  ['Postgres', undefined],
  ...(process.env.TEST_REDIS_URL ? [['Redis', process.env.TEST_REDIS_URL]] : []),
])('attempts to sign in, counted in %s,', (_, redis) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ worker: true, env: { ...env, ...(redis && { REDIS_URL: redis }) } });
  });
  afterAll(() => world.close());

  /** Somebody who signed in from an address of their own. */
  const someone = async () => {
    const email = newEmail();
    await signedIn(world, 'member', { email, from: newAddress() });
    return email;
  };
  const post = (path: string, body: object, from: string) =>
    request(world.url).post(path).set('x-forwarded-for', from).send(body);
  const signIn = (email: string, word: string, from: string) =>
    post('/v1/sessions', { email, password: word }, from);
  const fail = async (times: number, email: string, from: string) => {
    for (let n = 0; n < times; n += 1) await signIn(email, wrong, from).expect(401);
  };

  it('are thirty of one address, whomever they are for and however many come at once', async () => {
    const from = newAddress();
    const answers = await Promise.all(Array.from({ length: 60 }, () => signIn(newEmail(), wrong, from)));
    const codes = answers.map(({ body }) => (body as { code: string }).code);
    const count = (...wanted: string[]) => codes.filter((code) => wanted.includes(code)).length;
    // Whoever passed was told about the password, or that too many are hashed at the moment.
    const passed = count('auth.invalid-credentials', 'auth.busy');
    // A busy store may answer too late, which lets nobody pass.
    const unanswered = count('rate-limit.unavailable');
    expect(passed).toBeLessThanOrEqual(30);
    expect(passed + unanswered).toBeGreaterThanOrEqual(30);
    expect(passed + unanswered + count('http.rate-limited')).toBe(60);
    await signIn(newEmail(), wrong, newAddress()).expect(401);
  });

  it.each([
    ['an IPv6 network of 64 bits', '2001:db8:7:1::1', '2001:db8:7:1:ffff::2'],
    ['IPv4, also mapped into IPv6', '203.0.113.77', '::ffff:203.0.113.77'],
    ['IPv4, whatever its port', '203.0.113.78:51234', '203.0.113.78:51235'],
    ['IPv6, whatever its port', '[2001:db8:7:2::1]:51234', '[2001:db8:7:2::1]:51235'],
  ])('count %s as one address', async (_name, one, same) => {
    for (let n = 0; n < 30; n += 1) await signIn(newEmail(), wrong, one).expect(401);
    await signIn(newEmail(), wrong, same).expect(429);
  });

  it('are five wrong ones of an address for an account, then the right one is refused as well', async () => {
    const [email, from] = [await someone(), newAddress()];
    await fail(5, email, from);
    const { headers, body } = await signIn(email, password, from).expect(429);
    expect(body).toMatchObject({ code: 'http.rate-limited', status: 429 });
    expect(headers['ratelimit-policy']).toBe(policies);
    expect(headers.ratelimit).toMatch(/^"sign-in-address-account";r=0;t=\d+$/);
    expect(Number(headers['retry-after'])).toBeGreaterThan(10_000);
    await signIn(email, password, newAddress()).expect(201);
  });

  it('announce every policy that applies, and how the nearest stands', async () => {
    const from = newAddress();
    const email = newEmail();
    const first = await signIn(email, wrong, from).expect(401);
    expect(first.headers['ratelimit-policy']).toBe(policies);
    expect(first.headers.ratelimit).toMatch(/^"sign-in-address-account";r=4;t=\d+$/);
    for (let n = 0; n < 26; n += 1) await signIn(newEmail(), wrong, from).expect(401);
    const last = await signIn(newEmail(), wrong, from).expect(401);
    expect(last.headers.ratelimit).toMatch(/^"sign-in-address";r=2;t=\d+$/);
    // Without an account in the body two of the policies have nobody to count for.
    const nobody = await post('/v1/sessions', {}, from).expect(422);
    expect(nobody.headers['ratelimit-policy']).toBe(policies.split(', ').slice(0, 2).join(', '));
    expect(nobody.headers.ratelimit).toMatch(/^"sign-in-address";r=1;t=\d+$/);
  });

  it('announce them also to callers whom another guard refuses', async () => {
    const { headers } = await post('/v1/sudo', { password: wrong }, newAddress()).expect(401);
    expect(headers['ratelimit-policy']).toBe('"anonymous";q=100000;w=60, "sudo-address";q=30;w=3600');
    expect(headers.ratelimit).toMatch(/^"anonymous";/);
  });

  it('are counted for an account that nobody has, and by any spelling of its address', async () => {
    const [email, from] = [newEmail(), newAddress()];
    for (const spelling of [email, email.toUpperCase(), ` ${email}`, `${email} `, email])
      await signIn(spelling, wrong, from).expect(401);
    await signIn(email, wrong, from).expect(429);
  });

  it('that succeed clear what their address got wrong for their account, and nothing else', async () => {
    const [mine, other, from] = [await someone(), await someone(), newAddress()];
    await fail(4, other, from);
    await fail(4, mine, from);
    await signIn(mine, password, from).expect(201);
    await fail(5, mine, from);
    await signIn(mine, wrong, from).expect(429);
    await fail(1, other, from);
    await signIn(other, wrong, from).expect(429);
  });

  it('that succeed leave the address what it used up: one own account does not pay for guessing others', async () => {
    const [mine, from] = [await someone(), newAddress()];
    for (let n = 0; n < 15; n += 1) {
      await signIn(newEmail(), wrong, from).expect(401);
      await signIn(mine, password, from).expect(201);
    }
    await signIn(mine, password, from).expect(429);
  });

  it('are a hundred for an account from everywhere; its owner has the way by mail', async () => {
    const email = await someone();
    for (let n = 0; n < 20; n += 1) await fail(5, email, newAddress());
    await signIn(email, password, newAddress()).expect(429);
    await signIn(await someone(), password, newAddress()).expect(201);
    const from = newAddress();
    await post('/v1/password-resets', { email }, from).expect(202);
    const token = tokenIn((await mailsTo(world, email))[0]!);
    const better = 'an entirely new password';
    await post('/v1/password-resets/confirmations', { token, password: better }, from).expect(204);
    await signIn(email, better, from).expect(201);
  });

  it('do not use up an account from an address that is refused', async () => {
    const [email, from] = [await someone(), newAddress()];
    await fail(5, email, from);
    for (let n = 0; n < 110; n += 1) await signIn(email, wrong, from).expect(429);
    await signIn(email, password, newAddress()).expect(201);
  });

  it('leave no address of anybody in the table of counts', async () => {
    const { rows } = await world.db.pool.query<{ key: string }>('select key from rate_limits');
    expect(rows.filter(({ key }) => key.includes('example.com'))).toEqual([]);
  });

  it('are counted apart from proofs of who it is, which are five wrong ones too', async () => {
    const email = newEmail();
    const { cookie } = await signedIn(world, 'member', { email, from: newAddress() });
    const prove = (word: string, from: string) =>
      post('/v1/sudo', { password: word }, from).set('cookie', cookie);
    const from = newAddress();
    for (let n = 0; n < 5; n += 1) await prove(wrong, from).expect(403);
    await prove(password, from).expect(429);
    await signIn(email, password, from).expect(201);
  });
});

describe('every way in', () => {
  let world: World;
  beforeAll(async () => {
    // Port 1 is tcpmux, which nobody runs: the connection is refused at once.
    world = await startWorld({ env: { ...env, REDIS_URL: 'redis://127.0.0.1:1' } });
  });
  afterAll(() => world.close());

  const operations = async () => {
    const { paths } = (await request(world.url).get('/openapi.json')).body as OpenAPIObject;
    return Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, Record<string, string>>)
        .filter(([method]) => method !== 'get')
        .map(([method, operation]) => ({ path, method, operation })),
    );
  };
  /** What is signed cannot be guessed, and a provider that ends a thousand sessions must not be told to wait. */
  const signed = ['endSessionsByOpenid', 'issueToken'];
  const isOpen = (operation: Record<string, string>) => operation['x-access'] === 'anybody';

  it('that anybody may use is counted', async () => {
    const open = (await operations()).filter(({ operation }) => isOpen(operation));
    expect(open.length).toBeGreaterThan(4);
    const uncounted = open.filter(({ operation }) => !operation['x-attempts']);
    expect(new Set(uncounted.map(({ operation }) => operation.operationId))).toEqual(new Set(signed));
  });

  it('is closed while nobody can count, also to who is signed in', async () => {
    const counted = (await operations()).filter(({ operation }) => operation['x-attempts']);
    expect(counted.length).toBeGreaterThan(8);
    const cookie = await sessionOf('member');
    for (const { path, method, operation } of counted) {
      const call = request(world.url)[method as 'post' | 'put'](path).send({ email: newEmail() });
      const { status, body, headers } = await (isOpen(operation) ? call : call.set('cookie', cookie));
      expect([path, status, body.code]).toEqual([path, 503, 'rate-limit.unavailable']);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
  });

  /** A session with sudo, without signing in, which is closed here. */
  async function sessionOf(role: string): Promise<string> {
    const secret = randomBytes(32).toString('base64url');
    const [user, session] = [randomUUID(), randomUUID()];
    await world.db.pool.query(
      `insert into users (id, email, name, role, status) values ($1, $2, 'Somebody', $3, 'active')`,
      [user, newEmail(), role],
    );
    await world.db.pool.query(
      `insert into sessions (id, token_hash, user_id, auth_epoch, sudo_until, idle_expires_at, absolute_expires_at)
       values ($1, $2, $3, 0, now() + interval '1 hour', now() + interval '1 hour', now() + interval '1 hour')`,
      [session, createHash('sha256').update(secret).digest(), user],
    );
    return `sid=${secret}`;
  }
});
