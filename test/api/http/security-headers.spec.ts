import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { password, signedIn } from '../../support/people.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { PUBLIC_URL: 'https://api.mainstay.test' } });
});
afterAll(() => world.close());

const get = (path: string) => request(world.url).get(path);

describe('the header fields that protect a browser', () => {
  it.each([
    ['an answer', '/openapi.json', 200],
    ['a refusal', '/v1/users/me', 401],
    ['an unknown path', '/nothing', 404],
    ['a malformed path', '/%zz', 400],
    ['a probe', '/health/live', 200],
  ])('are on %s', async (_, path, status) => {
    const { headers } = await get(path).expect(status);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'strict-transport-security': expect.stringMatching(/^max-age=(\d{8,}); includeSubDomains$/),
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(headers).not.toHaveProperty('server');
    expect(headers).not.toHaveProperty('x-powered-by');
  });
});

describe('behind https', () => {
  it('the cookie of a session belongs to this host alone and travels by TLS alone', async () => {
    const { email } = await signedIn(world, 'member');
    const { headers } = await request(world.url).post('/v1/sessions').send({ email, password }).expect(201);
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-sid=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
  });

  it('signing out tells the browser to forget what it holds', async () => {
    const { cookie } = await signedIn(world, 'member');
    const { headers } = await request(world.url)
      .delete('/v1/sessions/current')
      .set('cookie', cookie)
      .expect(204);
    expect(headers['clear-site-data']).toBe('"cache", "cookies", "storage"');
  });
});
