import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject, ResponseObject } from '@nestjs/swagger';
import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { signedIn } from '../../support/people.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { RATE_LIMIT_AUTH: '100000/60' } });
});
afterAll(() => world.close());

/** A type that no route produces. */
const unwanted = 'image/png';

interface Route {
  name: string;
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  path: string;
  /** The media types of all its successful answers. */
  types: string[];
}

async function routes(): Promise<Route[]> {
  const { paths } = (await request(world.url).get('/openapi.json')).body as OpenAPIObject;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(
      item as Record<string, { operationId: string; responses: Record<string, ResponseObject> }>,
    ).map(([method, { operationId: name, responses }]) => ({
      name,
      method: method as Route['method'],
      path: path.replaceAll(/\{\w+\}/g, randomUUID()),
      types: Object.entries(responses)
        .filter(([status]) => /^[23]/.test(status))
        .flatMap(([, { content = {} }]) => Object.keys(content)),
    })),
  );
}

const ask = ({ method, path }: Route) =>
  request(world.url)[method](path).redirects(0).set('accept', unwanted);

describe('Accept', () => {
  it('is not negotiated by routes whose answers have no content', async () => {
    const silent = (await routes()).filter(({ types }) => types.length === 0);
    expect(silent.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['signInByOpenid', 'completeOpenid', 'endSessionsByOpenid', 'signOut']),
    );
    for (const route of silent)
      expect([route.name, (await ask(route)).status]).not.toEqual([route.name, 406]);
  });

  it('is negotiated by all others', async () => {
    const speaking = (await routes()).filter(({ types }) => types.length > 0 && !types.includes('*/*'));
    expect(speaking.length).toBeGreaterThan(20);
    for (const route of speaking) expect([route.name, (await ask(route)).status]).toEqual([route.name, 406]);
  });

  it('does not keep a browser from signing out', async () => {
    const { cookie } = await signedIn(world, 'member');
    await request(world.url)
      .delete('/v1/sessions/current')
      .set({ cookie, accept: 'text/html,application/xhtml+xml' })
      .expect(204);
  });
});
