import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createPool, Database, RetentionService } from '#libs/database';
import { defineCounter, defineHistogram } from '#libs/metrics';
import { LogLevel, recordDuration } from '#libs/observability';
import { createTestDatabase, eventually, TcpProxy, type TestDatabase } from '#libs/testing';
import { ErrorRecorder } from '../errors/error-recorder.js';
import { OpsModule } from '../ops.module.js';
import {
  mergePoints,
  mergeSamples,
  quantileOf,
  slowestRequests,
  type Sample,
  SampleWindow,
} from './sample.js';
import { keptMs, SampleReader } from './sample-reader.js';
import { SampleRollupService } from './sample-rollup.service.js';
import { Sampler } from './sampler.js';

const bounds = [1, 2, 4];
const type = { name: 'x', unit: 's', description: '', attributes: ['route'], buckets: bounds };

describe('a sample', () => {
  it('has what was added since the last one that was written', () => {
    const window = new SampleWindow();
    const metrics = (...counts: number[]) => [
      {
        type: { ...type, kind: 'histogram' as const },
        series: [{ attributes: ['/a'], value: 10 * counts[0]!, counts, exemplars: [] }],
      },
    ];
    const first = window.since(metrics(1, 2, 0, 0));
    expect(first.sample).toEqual({ x: [{ a: ['/a'], v: 10, c: [1, 2] }] });
    // It was not written, so the next one has its figures as well.
    expect(window.since(metrics(2, 2, 0, 0)).sample).toEqual({ x: [{ a: ['/a'], v: 20, c: [2, 2] }] });
    first.taken();
    expect(window.since(metrics(3, 2, 0, 1)).sample).toEqual({ x: [{ a: ['/a'], v: 20, c: [2, 0, 0, 1] }] });
    expect(window.since(metrics(1, 2, 0, 0)).sample).toEqual({});
  });

  it('is merged by bucket: the quantile of two processes is no mean of two quantiles', () => {
    const fast = { a: ['/a'], v: 90, c: [90] };
    const slow = { a: ['/a'], v: 30, c: [0, 0, 10] };
    const [both] = mergePoints([fast, slow], ({ a }) => a);
    expect(both).toEqual({ a: ['/a'], v: 120, c: [90, 0, 10] });
    expect(quantileOf(both!, bounds, 0.5)).toBeCloseTo(50 / 90);
    expect(quantileOf(both!, bounds, 0.95)).toBe(3);
    expect(quantileOf(both!, bounds, 1)).toBe(4);
    expect(quantileOf({ c: [0, 0, 0, 5] }, bounds, 0.5)).toBe(4);
    expect(quantileOf({}, bounds, 0.5)).toBeNull();
  });
});

it('a time that is merged has the slowest requests of its parts, and no more than each of them', () => {
  const sampleOf = (...seconds: number[]) => ({
    [slowestRequests]: seconds.map((v) => ({ a: ['GET', '/a', '200', '', `request ${v}`, ''], v })),
  });
  const merged = mergeSamples([sampleOf(9, 5, 4, 3, 1), sampleOf(8, 7, 6, 2)]);
  expect(merged[slowestRequests]!.map(({ v, a }) => [v, a[4]])).toEqual(
    [9, 8, 7, 6, 5].map((v) => [v, `request ${v}`]),
  );
});

describe('samples of processes', () => {
  let test: TestDatabase;
  let proxy: TcpProxy;
  let db: Database;
  const level = new LogLevel(pino({ level: 'warn' }), 'warn');
  beforeAll(async () => {
    test = await createTestDatabase();
    proxy = await TcpProxy.to(test.url);
    db = new Database(createPool(proxy.through(test.url), { role: 'api', max: 2 }));
  });
  afterAll(async () => {
    await db.pool.end();
    await proxy.down();
    await test.drop();
  });

  const count = defineCounter({ name: 'test.events', unit: '{event}', description: '', attributes: [] });
  const measure = defineHistogram({
    name: 'test.times',
    unit: 's',
    description: '',
    attributes: ['route'],
    buckets: bounds,
  });

  const samplesOf = async (id: string) => {
    const { rows } = await test.pool.query<{ metrics: Sample }>(
      `select metrics from ops_samples where resolution = '10s' and instance_id = $1 order by at`,
      [id],
    );
    return rows.map(({ metrics }) => metrics);
  };

  it('wait in memory while the database is away, and nothing is missing afterwards', async () => {
    const sampler = new Sampler(db, { app: 'api', metricsPort: undefined }, new ErrorRecorder(db), level);
    await sampler.flush();
    count({}, 3);
    recordDuration({
      method: 'GET',
      route: '/v1/users',
      status: 200,
      seconds: 3,
      requestId: 'r',
      traceId: undefined,
    });
    await proxy.down();
    await expect(sampler.flush()).rejects.toThrow(Error);
    count({}, 2);
    measure(1.5, { route: '/a' });
    await proxy.up();
    await sampler.flush();
    const [, second, ...others] = await samplesOf(sampler.instanceId);
    expect(others).toEqual([]);
    expect(second!['test.events']).toEqual([{ a: [], v: 5 }]);
    expect(second!['test.times']).toEqual([{ a: ['/a'], v: 1.5, c: [0, 1] }]);
    expect(second!['ops.sample_failures']).toEqual([{ a: [], v: 1 }]);
    expect(second![slowestRequests]).toMatchObject([
      { a: ['GET', '/v1/users', '200', expect.any(String), 'r', ''], v: 3 },
    ]);
  });

  it('say that a process lives, and that it stopped in order', async () => {
    const sampler = new Sampler(db, { app: 'worker', metricsPort: undefined }, new ErrorRecorder(db), level);
    const row = async () => {
      const { rows } = await test.pool.query<{ stopped: boolean; app: string; pid: number }>(
        'select stopped_at is not null as stopped, app, pid, log_level from ops_instances where id = $1',
        [sampler.instanceId],
      );
      return rows;
    };
    await sampler.flush();
    expect(await row()).toEqual([{ stopped: false, app: 'worker', pid: process.pid, log_level: 'warn' }]);
    await sampler.beforeApplicationShutdown();
    expect(await row()).toEqual([{ stopped: true, app: 'worker', pid: process.pid, log_level: 'warn' }]);
  });

  it('are read once for all who ask in the same seconds, and take no memory after that', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const reader = new SampleReader(db);
    const query = { metrics: ['test.events'], seconds: 900, resolution: '10s' } as const;
    const [first, second] = [reader.read(query), reader.read({ ...query })];
    expect(second).toBe(first);
    await first;
    const { '10s': usual } = keptMs;
    keptMs['10s'] = 1;
    const read = async () => new WeakRef(await reader.read({ ...query, seconds: 60 }));
    const answer = await read();
    keptMs['10s'] = usual;
    await eventually(async () => {
      collect();
      return answer.deref() === undefined;
    });
  });

  it('become rows of minutes and hours, once, and are kept for a day, a week and 90 days', async () => {
    await test.pool.query('truncate ops_samples, ops_instances');
    const [first, second] = [randomUUID(), randomUUID()];
    const insert = (resolution: string, instance: string, at: string, metrics: Sample) =>
      test.pool.query(
        `insert into ops_samples (id, resolution, instance_id, app, at, metrics)
         values (gen_random_uuid(), $1, $2, 'api', date_trunc('hour', now()) + $3::interval, $4)`,
        [resolution, instance, at, JSON.stringify(metrics)],
      );
    const sample = (v: number): Sample => ({ 'test.times': [{ a: ['/a'], v, c: [1, v] }] });
    for (const at of ['-119 minutes', '-118 minutes 50 seconds', '-118 minutes'])
      for (const instance of [first, second]) await insert('10s', instance, at, sample(2));
    const rollups = new SampleRollupService(db);
    const { signal } = new AbortController();
    await rollups.rollUp(signal);
    await rollups.rollUp(signal);
    const { rows } = await test.pool.query<{ resolution: string; metrics: Sample }>(
      `select resolution, metrics from ops_samples where instance_id = $1 and resolution <> '10s' order by resolution, at`,
      [first],
    );
    expect(rows.map(({ resolution, metrics }) => [resolution, metrics['test.times']])).toEqual([
      ['1h', [{ a: ['/a'], v: 6, c: [3, 6] }]],
      ['1m', [{ a: ['/a'], v: 2, c: [1, 2] }]],
      ['1m', [{ a: ['/a'], v: 4, c: [2, 4] }]],
    ]);

    // A reader gets each figure once, whatever rows it comes from.
    const read = await new SampleReader(db).read({
      metrics: ['test.times'],
      seconds: 10_800,
      resolution: '1h',
    });
    expect(read.flatMap(({ points }) => points['test.times']).map((point) => point?.v)).toEqual([6, 6]);

    for (const [resolution, at] of [
      ['10s', '-25 hours'],
      ['1m', '-8 days'],
      ['1h', '-91 days'],
    ] as const)
      await insert(resolution, first, at, sample(2));
    const retention = new RetentionService(db);
    new OpsModule(retention);
    await retention.sweep({ signal, onDeleted: () => {} });
    const { rows: left } = await test.pool.query(
      'select resolution, count(*)::int as count from ops_samples group by 1 order by 1',
    );
    expect(left).toEqual([
      { resolution: '10s', count: 6 },
      { resolution: '1h', count: 2 },
      { resolution: '1m', count: 4 },
    ]);
  });
});
