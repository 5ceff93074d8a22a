import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpAdapterHost } from '@nestjs/core';
import type { HttpAdapter } from '#libs/http';
import { routeList } from '../../apps/api/route-list.js';
import { startWorld, type World } from '../support/apps.js';
import { listedRoutes } from '../support/routes.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('docs/routes.md', () => {
  it('is what the code gives (npm run generate brings it up to date)', () => {
    expect(routeList(world.api)).toBe(readFileSync('docs/routes.md', 'utf8'));
  });

  it('has every method and path that the running server answers, and no other', () => {
    const { httpAdapter } = world.api.get<HttpAdapterHost<HttpAdapter>>(HttpAdapterHost);
    const answered = httpAdapter.registeredRoutes
      .filter(({ method }) => method !== 'HEAD')
      .map(({ method, url }) => `${method} ${url}`);
    const listed = listedRoutes().map(({ method, path }) => `${method} ${path}`);
    expect(answered.toSorted()).toEqual(listed.toSorted());
  });

  it('has a HEAD for each GET, and for nothing else', () => {
    const { httpAdapter } = world.api.get<HttpAdapterHost<HttpAdapter>>(HttpAdapterHost);
    const pathsOf = (wanted: string) =>
      httpAdapter.registeredRoutes
        .filter(({ method }) => method === wanted)
        .map(({ url }) => url)
        .toSorted();
    expect(pathsOf('HEAD')).toEqual(pathsOf('GET'));
  });
});
