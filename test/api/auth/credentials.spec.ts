import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { createTestDatabase, TcpProxy } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { issuedKey, registeredService, tokenOf } from '../../support/machines.js';
import { type Person, signedIn } from '../../support/people.js';
import { exchange } from '../../support/raw.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const withKey = (key: string, path: string) =>
  request(world.url).get(path).set('authorization', `Bearer ${key}`);

describe('the credential of a request', () => {
  let person: Person;
  let key: string;
  beforeAll(async () => {
    ({ key, owner: person } = await issuedKey(world, await signedIn(world, 'member')));
  });

  it('is exactly one: cookie and key are refused, and so are two keys', async () => {
    const { body } = await withKey(key, '/v1/users/me').set('cookie', person.cookie).expect(400);
    expect(body.code).toBe('auth.ambiguous-credentials');
    const line = `Authorization: Bearer ${key}\r\n`;
    const answer = await exchange(
      world.url,
      `GET /v1/users/me HTTP/1.1\r\nHost: x\r\n${line}${line}Connection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('auth.ambiguous-credentials');
  });

  it.each([
    ['nothing after the scheme', 'Bearer'],
    ['a percent sign', 'Bearer %'],
    ['a key that is cut off', 'Bearer mst_live_abc'],
    ['5 KiB', `Bearer ${'a'.repeat(5 * 1024)}`],
    ['5 KiB in the form of a JWT', `Bearer a.${'a'.repeat(5 * 1024)}.a`],
    ['three empty parts', 'Bearer ..'],
    ['what only looks like a JWT', 'Bearer a.b.c'],
    ['two tokens', 'Bearer a b'],
  ])('is none when it is %s', async (_, authorization) => {
    const { body, headers } = await request(world.url)
      .get('/v1/users/me')
      .set('authorization', authorization)
      .expect(401);
    expect(body.code).toBe('access.authentication-required');
    expect(headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  });

  it.each(['Basic YTpi', 'Digest x', 'mst_live_x', ''])(
    'is none under another scheme: %p',
    async (authorization) => {
      const { headers } = await request(world.url)
        .get('/v1/users/me')
        .set('authorization', authorization)
        .expect(401);
      expect(headers['www-authenticate']).toBe('Bearer');
    },
  );

  it('is read whatever the case of its scheme, and never from the query', async () => {
    await request(world.url).get('/v1/users/me').set('authorization', `bearer ${key}`).expect(200);
    await request(world.url).get(`/v1/users/me?access_token=${key}`).expect(401);
  });

  it('does not close what is open to everybody', async () => {
    await request(world.url).get('/health/ready').set('authorization', 'Bearer %').expect(200);
    await withKey(key, '/health/ready').set('cookie', person.cookie).expect(200);
  });
});

describe('a store that cannot be read', () => {
  it('makes nobody anonymous: each credential gets 503 while it is away, and works again after', async () => {
    const db = await createTestDatabase();
    const proxy = await TcpProxy.to(db.url);
    const away = await startWorld({ db, env: { DATABASE_URL: proxy.through(db.url) } });
    try {
      const { key, owner } = await issuedKey(away, await signedIn(away, 'admin'));
      const token = await tokenOf(away, await registeredService(away, owner));
      const calls = () =>
        Promise.all([
          request(away.url).get('/v1/users/me').set('cookie', owner.cookie),
          request(away.url).get('/v1/users/me').set('authorization', `Bearer ${key}`),
          request(away.url).get('/v1/service-clients/current').set('authorization', `Bearer ${token}`),
        ]);
      const statuses = async () => (await calls()).map(({ status }) => status);
      expect(await statuses()).toEqual([200, 200, 200]);
      await proxy.down();
      expect(await statuses()).toEqual([503, 503, 503]);
      await proxy.up();
      expect(await statuses()).toEqual([200, 200, 200]);
    } finally {
      await away.close();
      await proxy.down();
    }
  });
});

describe('the quota of requests', () => {
  it('is one for each key, and that of its address for a wrong one', async () => {
    const small = await startWorld({
      env: { RATE_LIMIT_DEFAULT: '3/3600', RATE_LIMIT_ANONYMOUS: '50/3600' },
    });
    try {
      const first = await issuedKey(small, await signedIn(small, 'member'));
      await small.db.pool.query('truncate rate_limits');
      const call = (key: string) =>
        request(small.url).get('/v1/users/me').set('authorization', `Bearer ${key}`);
      for (let n = 0; n < 3; n += 1) await call(first.key).expect(200);
      await call(first.key).expect(429);
      const second = await issuedKey(small, first.owner);
      const { headers } = await call(second.key).expect(200);
      expect(headers['ratelimit-policy']).toBe('"default";q=3;w=3600');
      const wrong = await call('mst_live_wrong').expect(401);
      expect(wrong.headers['ratelimit-policy']).toBe('"anonymous";q=50;w=3600');
    } finally {
      await small.close();
    }
  });
});
