import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { signedIn } from '../../support/people.js';

describe('GET /v1/schedules', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld({ worker: true });
  });

  afterAll(() => world.close());

  const get = () => request(world.url).get('/v1/schedules');

  it('shows what the worker runs to those who may look at jobs', async () => {
    const { cookie } = await signedIn(world, 'viewer');
    const { data } = await eventually(async () => {
      const { body } = await get().set('cookie', cookie).expect(200);
      return (body as { data: { name: string }[] }).data.length > 0 && (body as { data: unknown[] });
    });
    const soon = expect.stringMatching(/:00\.000Z$/);
    expect(data).toContainEqual(
      expect.objectContaining({ name: 'jobs.sweep-expired', next_run_at: soon, paused: false, late: false }),
    );
  });

  it('shows nothing to anybody else', async () => {
    const { cookie } = await signedIn(world, 'member');
    await get().set('cookie', cookie).expect(403);
    await get().expect(401);
  });
});
