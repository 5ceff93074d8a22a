import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import request from 'supertest';
import { Sampler } from '#modules/ops';
import { startWorld, type World } from '../../support/apps.js';
import { type Person, signedIn } from '../../support/people.js';

let world: World;
let viewer: Person;
beforeAll(async () => {
  world = await startWorld({ env: { TRACE_URL: 'https://traces.example.com/{trace_id}' } });
  viewer = await signedIn(world, 'viewer');
});
afterAll(() => world.close());

interface Slow {
  method: string;
  route: string;
  status: number;
  seconds: number;
  request_id: string;
  trace_id: string | null;
  trace_url: string | null;
}

const slowest = async (query: string) => {
  const path = `/v1/ops/slowest-requests?${query}`;
  const { body } = await request(world.url).get(path).set('cookie', viewer.cookie).expect(200);
  return (body as { data: Slow[] }).data;
};

it('the slowest requests of all processes are found with their traces, the slowest first', async () => {
  const other = { route: '/v1/user-imports', trace: '0af7651916cd43dd8448eb211c80319c' };
  await world.db.pool.query(
    `insert into ops_samples (id, resolution, instance_id, app, metrics) values ($1, '10s', $2, 'api', $3)`,
    [
      randomUUID(),
      randomUUID(),
      JSON.stringify({
        'http.server.slowest': [
          { a: ['POST', other.route, '202', '2026-11-28T08:00:00.000Z', 'elsewhere', other.trace], v: 7200 },
          { a: ['GET', '/v1/users', '503', '2026-11-28T08:00:01.000Z', 'elsewhere too', ''], v: 3600 },
        ],
      }),
    ],
  );
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const mine = await request(world.url)
    .get('/v1/users/me')
    .set({ traceparent, cookie: viewer.cookie })
    .expect(200);
  await request(world.url).get('/health/ready').expect(200);
  await world.api.get(Sampler).flush();

  const [first, second, ...rest] = await slowest('period=15m');
  expect([first, second]).toMatchObject([
    {
      method: 'POST',
      route: other.route,
      status: 202,
      seconds: 7200,
      at: '2026-11-28T08:00:00.000Z',
      request_id: 'elsewhere',
      trace_id: other.trace,
      trace_url: `https://traces.example.com/${other.trace}`,
    },
    { route: '/v1/users', status: 503, trace_id: null, trace_url: null },
  ]);
  expect(rest.find(({ request_id: id }) => id === mine.headers['x-request-id'])).toMatchObject({
    route: '/v1/users/me',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  });
  expect(rest.map(({ seconds }) => seconds)).toEqual(
    rest.map(({ seconds }) => seconds).sort((a, b) => b - a),
  );
  // Nobody waits for a probe.
  expect(rest.map(({ route }) => route)).not.toContain('/health/ready');
  expect(await slowest('period=1h&route=/v1/users')).toMatchObject([{ request_id: 'elsewhere too' }]);
});
