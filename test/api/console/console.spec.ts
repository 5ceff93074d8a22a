import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startWorld, type World } from '../../support/apps.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it.each([
  ['gzip, deflate, br', 'br'],
  ['br;q=0.5', 'br'],
  ['br;q=0', null],
  ['gzip, br;q=0.000, *', null],
  ['gzip', null],
])('a page is encoded as the client accepts it: %s', async (accepted, encoding) => {
  const page = await fetch(`${world.url}/console`, { headers: { 'accept-encoding': accepted } });
  expect([page.status, page.headers.get('content-encoding')]).toEqual([200, encoding]);
  expect(await page.text()).toMatch(/^<!doctype html>/i);
});
