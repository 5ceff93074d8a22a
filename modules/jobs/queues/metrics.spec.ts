import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { eventually, TestMeter } from '#libs/testing';
import { defineSchedule, type JobDefinition } from '#libs/queue';
import {
  type QueueBackend,
  backends,
  createBackend,
  createQueue,
  createWorker,
  RetentionSweep,
  type JobQueue,
  linger,
  record,
  refuse,
  startWorker,
  wither,
  World,
} from '#libs/queue/testing';
import { startApi } from '../testing/api.js';

const everySecond = 'sample.every-second';
defineSchedule(everySecond, {
  cron: '* * * * * *',
  job: record,
  data: { label: everySecond },
  missed: 'skip',
});

let meter: TestMeter;
beforeAll(() => {
  meter = TestMeter.install();
});
afterAll(() => meter.uninstall());

describe.each(backends)('metrics on %s', (backendName) => {
  let world: World;
  let backend: QueueBackend;
  let queue: JobQueue;
  let api: NestFastifyApplication;
  let worker: INestApplicationContext;

  let startedAt: number;
  /** Seconds; what lasted longer than all of this is told in another unit. */
  const isSinceTheStart = (seconds: number) =>
    seconds >= 0 && seconds <= (performance.now() - startedAt) / 1000;

  beforeAll(async () => {
    startedAt = performance.now();
    meter.clear();
    world = await World.create(backendName);
    backend = createBackend(world.config, 1);
    await backend.check();
    queue = createQueue(backend, 'default');
    [api, worker] = await Promise.all([startApi(world.config), startWorker(world.config)]);
  });
  afterAll(async () => {
    await Promise.all([api.close(), worker.close()]);
    await queue.close();
    await backend.close();
    await world.close();
  });

  /** How much more it is than before, once it is at least so much more. */
  async function counting(name: string, by: Record<string, string>, work: () => Promise<unknown>, least = 1) {
    const before = meter.total(name, by);
    await work();
    await eventually(async () => meter.total(name, by) >= before + least, { what: name });
    return meter.total(name, by) - before;
  }
  const promise = <T extends { label: string }>(job: JobDefinition<T>) =>
    world.enqueue(job, { label: randomUUID() } as T);

  it('tell each promise, run and outcome, and how long runs take', async () => {
    const job = refuse.name;
    const [enqueued, started, runs] = [
      meter.total('jobs.enqueued', { job }),
      meter.total('jobs.started', { job }),
      meter.values('jobs.duration', { job }).length,
    ];
    expect(await counting('jobs.dead', { job }, () => promise(refuse))).toBe(1);
    await eventually(async () => meter.values('jobs.duration', { job }).length > runs);
    expect(meter.total('jobs.enqueued', { job })).toBe(enqueued + 1);
    expect(meter.total('jobs.started', { job })).toBe(started + 1);
    expect(meter.total('jobs.ended', { job, outcome: 'given-up' })).toBe(1);
    expect(meter.values('jobs.duration', { job }).every(isSinceTheStart)).toBe(true);
  });

  it('tell retries from the end of them', async () => {
    const job = wither.name;
    await counting('jobs.dead', { job }, () => promise(wither));
    expect(meter.total('jobs.ended', { job, outcome: 'retried' })).toBe(1);
    expect(meter.total('jobs.ended', { job, outcome: 'given-up' })).toBe(1);
    expect(meter.total('jobs.started', { job })).toBe(2);
  });

  it('tell what was done from what was delivered once more', async () => {
    const id = randomUUID();
    await world.rows('insert into inbox (consumer, message_id) values ($1, $2)', [record.name, id]);
    const headers = { enqueued_at: new Date().toISOString() };
    const data = { version: 1, headers, payload: { label: id } };
    const deliver = () => queue.add(record.name, data, { jobId: id });
    expect(await counting('jobs.ended', { job: record.name, outcome: 'skipped' }, deliver)).toBe(1);
    const succeeded = { job: record.name, outcome: 'succeeded' };
    expect(await counting('jobs.ended', succeeded, () => promise(record))).toBeGreaterThan(0);
    expect(await world.count('effects', id)).toBe(0);
  });

  it('tell cancellations, when they are asked for and when they are obeyed', async () => {
    const job = linger.name;
    const id = await promise(linger);
    await eventually(async () => (await world.operation(id))?.state === 'running');
    const cancel = async () => {
      const headers = { 'x-user': randomUUID(), 'x-may': 'jobs:read,jobs:write' };
      const { status } = await fetch(`${await api.getUrl()}/v1/jobs/${id}`, { method: 'DELETE', headers });
      expect(status).toBe(202);
    };
    expect(await counting('jobs.ended', { job, outcome: 'cancelled' }, cancel)).toBe(1);
    expect(meter.total('jobs.cancelled', { job })).toBe(1);
  });

  it('tell how late schedules are', async () => {
    const schedule = everySecond;
    const lags = await eventually(async () => {
      const values = meter.values('jobs.schedule_lag', { schedule });
      return values.length > 0 && values;
    });
    expect(lags.every(isSinceTheStart)).toBe(true);
  });

  it('tell what has expired', async () => {
    const processed = `insert into inbox (consumer, message_id, processed_at)
      values ('sample.old', gen_random_uuid(), now() - interval '31 days')`;
    await world.rows(processed);
    await world.rows(processed);
    const sweep = () => worker.get(RetentionSweep).sweep({ signal: new AbortController().signal });
    expect(await counting('retention.deleted', { table: 'inbox' }, sweep)).toBe(2);
  });

  it('tell how much stands where, and for how long', async () => {
    const dead = { value: 2, by: { queue: 'default', state: 'dead' } };
    await eventually(async () => (await meter.observe('jobs.queue_depth')).some((one) => equal(one, dead)));
    const states = (await meter.observe('jobs.queue_depth')).filter(({ by }) => by.queue === 'default');
    expect(states.map(({ by }) => by.state)).toEqual(['waiting', 'active', 'delayed', 'dead', 'outbox']);
    // Of a queue that nobody works on: it is declared, and paused from the start.
    await world.rows(`insert into queue_controls (name, state) values ('bulk', 'paused')
      on conflict (name) do update set state = 'paused'`);
    await world.rows(`insert into outbox (id, queue, name, version, payload, headers, available_at)
      values (gen_random_uuid(), 'bulk', 'sample.count', 1, '{}', '{}', now() - interval '1 hour')`);
    const [age] = await eventually(async () => {
      const ages = (await meter.observe('jobs.outbox_age')).filter(({ by }) => by.queue === 'bulk');
      return ages.length > 0 && ages;
    });
    expect(age?.value).toBeGreaterThanOrEqual(3600);
  });

  it('tell jobs that their worker was too silent to keep', async () => {
    await worker.close();
    const never = () => new Promise<void>(() => {});
    const silent = createWorker(backend, 'default', {
      process: never,
      concurrency: 1,
      lockMs: 1000,
      onAlive: () => {},
    });
    const jobId = randomUUID();
    const data = { version: 1, headers: { enqueued_at: new Date().toISOString() }, payload: { label: 'x' } };
    await queue.add(record.name, data, { jobId });
    const taken = new Promise((resolve) => void silent.on('active', resolve));
    void silent.run();
    await taken;
    await silent.close(true);
    const back = async () => (worker = await startWorker(world.config));
    expect(await counting('jobs.stalled', { queue: 'default' }, back)).toBe(1);
  });

  it('tell locks that were lost', async () => {
    const id = await promise(linger);
    await eventually(async () => (await world.operation(id))?.state === 'running');
    expect(await counting('jobs.lock_lost', { queue: 'default' }, () => world.loseQueue())).toBe(1);
  });
});

const equal = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b);
