import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { eventually } from '#libs/testing';
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

async function report<T>(path: string): Promise<T> {
  const { body } = await request(world.url).get(`/v1/ops/${path}`).set('cookie', viewer.cookie).expect(200);
  return body as T;
}

/** A process that is not there, with what it measured in the last ten seconds. */
async function otherProcess(metrics: object, { silentFor = 0 } = {}): Promise<string> {
  const id = randomUUID();
  await world.db.pool.query(
    `insert into ops_instances (id, app, version, host, pid, started_at, last_seen_at)
     values ($1, 'worker', '0.0.1', 'elsewhere', 7, now(), now() - make_interval(secs => $2))`,
    [id, silentFor],
  );
  await world.db.pool.query(
    `insert into ops_samples (id, resolution, instance_id, app, metrics) values ($1, '10s', $2, 'worker', $3)`,
    [randomUUID(), id, JSON.stringify(metrics)],
  );
  return id;
}

interface Route {
  method: string;
  route: string;
  requests: number;
  client_errors: number;
  duration: { count: number; p50: number | null };
  cost: { cpu_seconds: number; statements: number; bytes: number };
}

describe('the reports of the console', () => {
  // These two first, as later answers may be those of a few seconds ago.
  it('say in one sentence what is wrong, with the figures of the last minute', async () => {
    await otherProcess({
      'jobs.dead': [{ a: ['users.export'], v: 3 }],
      'db.client.connection.max': [{ a: ['worker'], v: 10, n: 1, m: 10 }],
      'db.client.connections.usage': [
        { a: ['worker', 'used'], v: 10, n: 1, m: 10 },
        { a: ['worker', 'idle'], v: 0, n: 1, m: 0 },
      ],
      'ops.budget.used': [{ a: [], v: 0.82, n: 1, m: 0.82 }],
    });
    const overview = await report<{
      status: string;
      verdict: string;
      cards: { id: string; value: number | null; state: string; runbook: string | null }[];
    }>('overview');
    const cards = new Map(overview.cards.map(({ id, value, state }) => [id, [value, state]]));
    expect(cards.get('jobs_dead')).toEqual([3, 'degraded']);
    expect(cards.get('pool_use')).toEqual([1, 'degraded']);
    const pages = overview.cards.flatMap(({ runbook }) => runbook ?? []);
    expect(pages.filter((page) => !existsSync(page))).toEqual([]);
    expect(pages.length).toBeGreaterThan(10);
    expect(overview.status).toBe('degraded');
    // The process of this test may be slow itself, and then the sentence says that too.
    expect(overview.verdict).toContain('3 jobs failed for good in the last minute');
    expect(overview.verdict).toContain('82 % of the budget of this month is spent');
    expect(overview.verdict).toMatch(/a process uses 100 % of its connections.*\.$/);
  });

  it('say when another release began to run, and not what restarts', async () => {
    const started = (version: string, ago: string) =>
      world.db.pool.query(
        `insert into ops_instances (id, app, version, host, pid, started_at, last_seen_at)
         values (gen_random_uuid(), 'api', $1, 'elsewhere', 7, now() - $2::interval, now() - interval '2 hours')`,
        [version, ago],
      );
    // Nobody knows what ran before the first.
    await started('1.0.0', '6 days');
    await started('1.0.0', '5 days');
    await started('1.1.0', '4 days');
    await started('1.1.0', '4 days');
    await started('1.0.0', '3 days');
    const { data } = await report<{ data: { version: string; previous_version: string }[] }>('deploys');
    expect(data.slice(-2)).toEqual([
      expect.objectContaining({ version: '1.0.0', previous_version: '1.1.0' }),
      expect.objectContaining({ version: '1.1.0', previous_version: '1.0.0' }),
    ]);
    const { last_deploy: last } = await report<{ last_deploy: object }>('overview');
    expect(last).toEqual(data[0]);
  });

  it.each([
    'overview',
    'deploys',
    'series?metric=jobs.wait',
    'routes',
    'jobs',
    'database',
    'runtime',
    'dependencies',
  ])('%s is for ops:read alone', async (path) => {
    const member = await signedIn(world, 'member');
    await request(world.url).get(`/v1/ops/${path}`).expect(401);
    await request(world.url).get(`/v1/ops/${path}`).set('cookie', member.cookie).expect(403);
    await report(path);
  });

  it('count exactly what was asked, in all processes together', async () => {
    for (let n = 0; n < 5; n += 1)
      await request(world.url).get('/v1/users/me').set('cookie', viewer.cookie).expect(200);
    for (let n = 0; n < 3; n += 1) await request(world.url).get('/v1/users/me').expect(401);
    await world.api.get(Sampler).flush();
    await otherProcess({
      'http.server.request.duration': [
        { a: ['GET', '/v1/users/me', '200'], v: 40, c: Array(14).fill(0).concat(4) },
      ],
    });
    const { data } = await report<{ data: Route[] }>('routes?period=15m');
    const me = data.find(({ route }) => route === '/v1/users/me')!;
    expect(me).toMatchObject({ method: 'GET', requests: 12, client_errors: 3, duration: { count: 12 } });
    expect(me.cost.cpu_seconds).toBeGreaterThan(0);
    expect(me.cost.bytes).toBeGreaterThan(8 * 200);
    const series = await report<{ lines: { by: object; points: { count: number; buckets: number[] }[] }[] }>(
      'series?metric=http.server.request.duration&period=15m&route=/v1/users/me',
    );
    const [line, ...others] = series.lines;
    expect(others).toEqual([]);
    expect(line!.points).toHaveLength(60);
    expect(line!.points.reduce((sum, { count }) => sum + count, 0)).toBe(12);
    // The four of the other process took more than the last bound.
    expect(line!.points.reduce((sum, { buckets }) => sum + buckets.at(-1)!, 0)).toBe(4);
    const byStatus = await report<{ lines: { by: Record<string, string> }[] }>(
      'series?metric=http.server.request.duration&period=15m&route=/v1/users/me&by=http.response.status_code',
    );
    expect(new Set(byStatus.lines.map(({ by }) => by['http.response.status_code']))).toEqual(
      new Set(['200', '401']),
    );
  });

  it('say how long jobs waited and ran', async () => {
    await otherProcess({
      'jobs.started': [{ a: ['users.export'], v: 4 }],
      'jobs.ended': [
        { a: ['users.export', 'succeeded'], v: 3 },
        { a: ['users.export', 'failed'], v: 1 },
      ],
      'jobs.wait': [{ a: ['users.export'], v: 4, c: [0, 0, 4] }],
      'jobs.duration': [{ a: ['users.export'], v: 8, c: [0, 0, 0, 0, 0, 0, 4] }],
    });
    const { data } = await report<{ data: object[] }>('jobs?period=15m');
    expect(data).toEqual([
      expect.objectContaining({
        job: 'users.export',
        succeeded: 3,
        failed: 1,
        wait: expect.objectContaining({ count: 4, p50: expect.closeTo(0.0375) as unknown }),
        run: expect.objectContaining({ count: 4, p50: expect.closeTo(0.75) as unknown }),
      }),
    ]);
  });

  it('tell processes that live from those that fell silent', async () => {
    const stale = await otherProcess({}, { silentFor: 20 });
    const gone = await otherProcess({}, { silentFor: 70 });
    await world.api.get(Sampler).flush();
    interface Overview {
      status: string;
      verdict: string;
      instances: { id: string; state: string }[];
      cards: { id: string; sparkline: unknown[] }[];
    }
    // An answer is given again for some seconds.
    const overview = await eventually(async () => {
      const answer = await report<Overview>('overview');
      return answer.instances.some(({ id }) => id === gone) && answer;
    });
    const states = new Map(overview.instances.map(({ id, state }) => [id, state]));
    expect([world.api.get(Sampler).instanceId, stale, gone].map((id) => states.get(id))).toEqual([
      'up',
      'stale',
      'gone',
    ]);
    expect(overview.status).toBe('degraded');
    expect(overview.verdict).toContain('1 process has not been heard of for 15 s');
    expect(overview.cards.every(({ sparkline }) => sparkline.length === 60)).toBe(true);
  });

  it('show the pool, the server and the process', async () => {
    await world.api.get(Sampler).flush();
    const database = await report<{
      pools: { pool: string; max: number }[];
      server: { connections: number };
      tables: { name: string }[];
      migrations: { applied: number };
    }>('database');
    expect(database.pools).toContainEqual(expect.objectContaining({ pool: 'api', max: 9 }));
    expect(database.server.connections).toBeGreaterThan(0);
    expect(database.tables.map(({ name }) => name)).toContain('ops_samples');
    const { data } = await report<{ data: { instance: { id: string }; memory_bytes: number }[] }>('runtime');
    const own = data.find(({ instance }) => instance.id === world.api.get(Sampler).instanceId)!;
    expect(own.memory_bytes).toBeGreaterThan(10_000_000);
    const dependencies = await report<{ data: object[] }>('dependencies');
    expect(dependencies.data).toContainEqual(
      expect.objectContaining({ name: 'postgres', app: 'api', state: 'up' }),
    );
  });

  it('refuse a metric that is not there', async () => {
    const { body } = await request(world.url)
      .get('/v1/ops/series?metric=nothing')
      .set('cookie', viewer.cookie)
      .expect(404);
    expect(body.code).toBe('ops.metric-not-found');
  });
});
