import { afterAll, beforeAll, expect, it } from '@jest/globals';
import request from 'supertest';
import { Sampler } from '#modules/ops';
import { startWorld, type World } from '../../support/apps.js';
import { type Person, signedIn } from '../../support/people.js';

let world: World;
let viewer: Person;
beforeAll(async () => {
  world = await startWorld();
  viewer = await signedIn(world, 'viewer');
});
afterAll(() => world.close());

const failing = ({ cookie }: Person) =>
  request(world.url).get('/v1/schedules').set('cookie', cookie).expect(500);

it('failures of requests are grouped by cause, with the users who met them', async () => {
  const operator = await signedIn(world, 'operator');
  await world.db.pool.query('alter table schedules rename to schedules_away');
  await failing(viewer);
  await failing(viewer);
  const { body: problem } = await failing(operator);
  await request(world.url).get('/v1/users/not-an-id').set('cookie', viewer.cookie).expect(422);
  await world.api.get(Sampler).flush();
  const { body } = await request(world.url).get('/v1/ops/errors').set('cookie', viewer.cookie).expect(200);
  expect(body.data).toEqual([
    expect.objectContaining({
      source: 'request',
      name: '/v1/schedules',
      code: 'SQLSTATE 42P01',
      count: 3,
      users: 2,
      last_request_id: problem.request_id,
    }),
  ]);
  expect(body.data[0].frames.join()).toContain('modules/jobs/schedules/schedules.service');
  const jobs = await request(world.url)
    .get('/v1/ops/errors?source=job')
    .set('cookie', viewer.cookie)
    .expect(200);
  expect(jobs.body.data).toEqual([]);
  const member = await signedIn(world, 'member');
  await request(world.url).get('/v1/ops/errors').set('cookie', member.cookie).expect(403);
});
