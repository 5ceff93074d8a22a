import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { type Person, signedIn } from '../../support/people.js';

let world: World;
let viewer: Person;
beforeAll(async () => {
  world = await startWorld();
  viewer = await signedIn(world, 'viewer');
});
afterAll(() => world.close());

/** Counts by bucket: so many within 100 ms, and so many above 10 s. */
const counts = (fast: number, slow = 0) => [
  ...Array<number>(5).fill(0),
  fast,
  ...Array<number>(8).fill(0),
  slow,
];

/** What a process measured some time ago. */
const measured = (resolution: string, ago: string, metrics: object) =>
  world.db.pool.query(
    `insert into ops_samples (id, resolution, instance_id, app, at, metrics)
     values (gen_random_uuid(), $1, $2, 'api', now() - $3::interval, $4)`,
    [resolution, randomUUID(), ago, JSON.stringify({ 'http.server.request.duration': metrics })],
  );

it('service levels are those of all processes together, and count what is a request of a user', async () => {
  await measured('1h', '20 days', [
    { a: ['GET', '/v1/users/:id', '200'], v: 1, c: counts(9000) },
    { a: ['GET', '/v1/users/:id', '503'], v: 1, c: counts(4) },
    { a: ['POST', '/v1/users', '201'], v: 1, c: counts(90, 10) },
  ]);
  await measured('10s', '1 minute', [
    { a: ['GET', '/v1/users/:id', '200'], v: 1, c: counts(994) },
    { a: ['GET', '/v1/users/:id', '500'], v: 1, c: counts(2) },
    // None of these counts.
    { a: ['GET', '/v1/users', '429'], v: 1, c: counts(500) },
    { a: ['GET', '/v1/users', '499'], v: 1, c: counts(0, 500) },
    { a: ['GET', '/health/ready', '503'], v: 1, c: counts(500) },
    { a: ['GET', '/v1/ops/overview', '503'], v: 1, c: counts(500) },
    { a: ['GET', '/v1/jobs/:id/events', '200'], v: 1, c: counts(0, 500) },
    { a: ['GET', 'unmatched', '404'], v: 1, c: counts(500) },
  ]);
  const { body } = await request(world.url)
    .get('/v1/ops/service-levels')
    .set('cookie', viewer.cookie)
    .expect(200);
  const [signIn, reads, writes] = body.data;
  expect(signIn).toMatchObject({ class: 'sign-in', failed: 0, state: 'ok' });
  expect(reads).toMatchObject({ class: 'reads', requests: 10_000, failed: 6, state: 'ticket' });
  expect(reads.availability.value).toBeCloseTo(0.9994);
  expect(reads.availability.budget_left).toBeCloseTo(0.4);
  expect(reads.availability.burn['5m']).toBeCloseTo(2 / 996 / 0.001);
  expect(reads.availability.burn['3d']).toBeCloseTo(2 / 996 / 0.001);
  expect(reads.latency[0]).toEqual({ threshold_seconds: 0.1, objective: 0.5, value: 1 });
  expect(writes).toMatchObject({ requests: 100, failed: 0, availability: { budget_left: 1 } });
  expect(writes.latency.map(({ value }: { value: number }) => value)).toEqual([0.9, 0.9, 0.9]);
});
