import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { dearHashing } from '../../support/hashing.js';
import { password, signedIn } from '../../support/people.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const signIn = (body: object) => request(world.url).post('/v1/sessions').send(body);

describe('signing in', () => {
  it('gives a cookie that scripts cannot read, and says who it is', async () => {
    const { email } = await signedIn(world, 'viewer');
    const response = await signIn({ email, password }).expect(201);
    expect(response.headers['set-cookie']).toEqual([
      expect.stringMatching(/^sid=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect(response.body).toMatchObject({
      user: { email, role: 'viewer' },
      permissions: ['users:read', 'jobs:read', 'ops:read'],
    });
    expect(response.headers.location).toBe('/v1/sessions/current');
  });

  it('fails alike for an unknown address, a wrong password and a disabled account', async () => {
    const { email } = await signedIn(world, 'member');
    const disabled = await signedIn(world, 'member');
    await world.db.pool.query(`update users set status = 'disabled' where id = $1`, [disabled.id]);
    const attempts = [
      { email, password: 'not the right password' },
      { email: 'nobody@example.com', password },
      { email: disabled.email, password },
    ];
    const answers = await Promise.all(attempts.map(signIn));
    const bodies = answers.map(({ status, body }) => ({
      status,
      body: { ...body, request_id: 'any' } as object,
    }));
    expect(bodies[0]).toMatchObject({ status: 401, body: { code: 'auth.invalid-credentials' } });
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).toEqual(bodies[0]);
  });

  it('ignores an Idempotency-Key: each time is a new session', async () => {
    const { email } = await signedIn(world, 'member');
    const call = () => signIn({ email, password }).set('idempotency-key', 'the-same');
    const [first, second] = [await call().expect(201), await call().expect(201)];
    expect(second.body.id).not.toBe(first.body.id);
  });

  it('keeps at most twenty sessions, the latest', async () => {
    const { email, cookie } = await signedIn(world, 'member');
    for (let n = 0; n < 20; n += 1) await signIn({ email, password }).expect(201);
    await request(world.url).get('/v1/sessions').set('cookie', cookie).expect(401);
    const { rows } = await world.db.pool.query(
      'select count(*)::int from sessions join users on users.id = user_id where email = $1',
      [email],
    );
    expect(rows).toEqual([{ count: 20 }]);
  });

  it('renews a hash that was made with other parameters', async () => {
    const { email, id } = await signedIn(world, 'member');
    const stored = async () =>
      (
        await world.db.pool.query<{ password_hash: string }>(
          'select password_hash from credentials where user_id = $1',
          [id],
        )
      ).rows[0]!.password_hash;
    const { hash } = await import('@node-rs/argon2');
    await world.db.pool.query('update credentials set password_hash = $2 where user_id = $1', [
      id,
      await hash(password, { memoryCost: 19_456, timeCost: 3 }),
    ]);
    await signIn({ email, password }).expect(201);
    expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
    await signIn({ email, password }).expect(201);
  });
});

describe('a session', () => {
  it('is listed for its owner, and ends when it is revoked', async () => {
    const person = await signedIn(world, 'member');
    const other = await signIn({ email: person.email, password }).set('user-agent', 'Other').expect(201);
    const mine = () => request(world.url).get('/v1/sessions').set('cookie', person.cookie);
    const { body } = await mine().expect(200);
    expect(body.data).toMatchObject([
      { id: other.body.id, current: false, user_agent: 'Other' },
      { current: true },
    ]);
    const stranger = await signedIn(world, 'admin');
    const revoke = (cookie: string) =>
      request(world.url)
        .delete(`/v1/sessions/${other.body.id as string}`)
        .set('cookie', cookie);
    await revoke(stranger.cookie).expect(204);
    expect((await mine()).body.data).toHaveLength(2);
    await revoke(person.cookie).expect(204);
    expect((await mine()).body.data).toHaveLength(1);
  });

  it('ends on signing out, and the cookie with it', async () => {
    const { cookie } = await signedIn(world, 'member');
    const out = await request(world.url).delete('/v1/sessions/current').set('cookie', cookie).expect(204);
    expect(out.headers['set-cookie']).toEqual([expect.stringMatching(/^sid=; .*Expires=Thu, 01 Jan 1970/)]);
    await request(world.url).get('/v1/sessions/current').set('cookie', cookie).expect(401);
  });

  it('ends by the clock of the database, idle or in all', async () => {
    for (const column of ['idle_expires_at', 'absolute_expires_at']) {
      const { id, cookie } = await signedIn(world, 'member');
      const current = () => request(world.url).get('/v1/sessions/current').set('cookie', cookie);
      await current().expect(200);
      await world.db.pool.query(`update sessions set ${column} = now() where user_id = $1`, [id]);
      await current().expect(401);
    }
  });

  it('lives on while it is used: a use after a minute moves its idle end', async () => {
    const { id, cookie } = await signedIn(world, 'member');
    await world.db.pool.query(
      `update sessions set last_seen_at = now() - interval '2 minutes', idle_expires_at = now() + interval '1 minute' where user_id = $1`,
      [id],
    );
    await request(world.url).get('/v1/sessions/current').set('cookie', cookie).expect(200);
    const { rows } = await world.db.pool.query(
      `select idle_expires_at > now() + interval '59 minutes' as moved from sessions where user_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ moved: true }]);
  });
});

describe('a browser on another site', () => {
  it('changes nothing with our cookie', async () => {
    const { cookie, email } = await signedIn(world, 'member');
    const attempts: Record<string, string>[] = [
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.test', 'sec-fetch-site': 'same-origin' },
    ];
    for (const headers of attempts) {
      const out = await request(world.url)
        .delete('/v1/sessions/current')
        .set('cookie', cookie)
        .set(headers)
        .expect(403);
      expect(out.body.code).toBe('auth.origin-refused');
      await signIn({ email, password }).set(headers).expect(403);
    }
    await request(world.url)
      .get('/v1/sessions/current')
      .set('cookie', cookie)
      .set('origin', 'https://evil.test')
      .expect(200);
    await request(world.url)
      .delete('/v1/sessions/current')
      .set('cookie', cookie)
      .set('origin', 'http://mainstay.test')
      .expect(204);
  });
});

describe('hashing', () => {
  let dear: World;
  beforeAll(async () => {
    dear = await startWorld({ env: dearHashing });
  });
  afterAll(() => dear.close());

  it('refuses what it cannot do soon, and health answers meanwhile', async () => {
    let answered = 0;
    const attempts = Array.from({ length: 100 }, async () => {
      const { status } = await request(dear.url)
        .post('/v1/sessions')
        .send({ email: 'nobody@example.com', password });
      answered += 1;
      return status;
    });
    await request(dear.url).get('/health/live').expect(200);
    expect(answered).toBeLessThan(100);
    expect(new Set(await Promise.all(attempts))).toEqual(new Set([401, 503]));
  });
});
