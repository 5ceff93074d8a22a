import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('GET /docs', () => {
  it('is a page of its own files alone, all of which are there', async () => {
    const { text, type } = await request(world.url).get('/docs').expect(200);
    expect(type).toBe('text/html');
    const addresses = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
    expect(addresses.length).toBeGreaterThan(2);
    for (const address of addresses) {
      expect(address).toMatch(/^docs\/[\w.-]+$/);
      await request(world.url).get(`/${address}`).expect(200);
    }
  });

  it('may run its own scripts and nothing else, under the same other header fields as everything', async () => {
    const page = await request(world.url).get('/docs');
    const { 'content-security-policy': policy, ...others } = page.headers;
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const problem = await request(world.url).get('/docs/nothing');
    for (const name of ['x-frame-options', 'x-content-type-options', 'referrer-policy', 'permissions-policy'])
      expect([name, others[name]]).toEqual([name, problem.headers[name]]);
    expect(problem.headers['content-security-policy']).toContain('sandbox');
  });

  it('is part of the API in its failures', async () => {
    for (const path of ['/docs/nothing', '/docs/', '/docs/index.html', '/docs/..%2fpackage.json']) {
      const { status, type } = await request(world.url).get(path);
      expect([path, status, type]).toEqual([path, 404, 'application/problem+json']);
    }
    for (const path of ['/docs', '/docs/start.js', '/openapi.json']) {
      const refused = await request(world.url).post(path).expect(405);
      expect(refused.headers.allow).toBe('GET, HEAD, OPTIONS');
      await request(world.url).head(path).expect(200);
    }
  });

  it('is not sent again to a browser that has it', async () => {
    const { headers } = await request(world.url).get('/docs/swagger-ui.css').expect(200);
    expect(headers['cache-control']).toBe('public, max-age=3600');
    await request(world.url).get('/docs/swagger-ui.css').set('if-none-match', headers.etag!).expect(304);
  });

  it('is not there when it is switched off', async () => {
    const closed = await startWorld({ db: world.db, env: { API_DOCS: 'off' } });
    for (const path of ['/docs', '/docs/start.js', '/docs/swagger-ui-bundle.js', '/openapi.json'])
      await request(closed.url).get(path).expect(404);
    await closed.api.close();
  });

  it('counts towards the quota of its reader, with all its files', async () => {
    const strict = await startWorld({ db: world.db, env: { RATE_LIMIT_ANONYMOUS: '1/3600' } });
    await request(strict.url).get('/docs').expect(200);
    for (const path of ['/docs', '/docs/start.js', '/docs/swagger-ui-bundle.js', '/openapi.json'])
      await request(strict.url).get(path).expect(429);
    await strict.api.close();
  });
});
