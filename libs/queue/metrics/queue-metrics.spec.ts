import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { takeFailures } from '#libs/observability';
import { eventually, TestMeter } from '#libs/testing';
import type { JobQueue } from '../bullmq/job-queue.js';
import { JobWorker } from '../bullmq/job-worker.js';
import { defineSchedule, type JobDefinition } from '../index.js';
import { RetentionProcessor } from '../retention/retention.processor.js';
import { failAlways, failWithProblem, record, waitForAbort } from '../testing/sample-jobs.js';
import { backends, TestEnvironment } from '../testing/test-environment.js';
import { startWorker } from '../testing/worker.js';

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
  let env: TestEnvironment;
  let queue: JobQueue;
  let worker: INestApplicationContext;

  let startedAt: number;
  /** Seconds; a figure above this would be in another unit. */
  const isSinceTheStart = (seconds: number) =>
    seconds >= 0 && seconds <= (performance.now() - startedAt) / 1000;

  beforeAll(async () => {
    startedAt = performance.now();
    meter.clear();
    env = await TestEnvironment.create(backendName);
    queue = await env.openQueue();
    worker = await startWorker(env.config);
  });
  afterAll(async () => {
    await worker.close();
    await env.close();
  });

  /** How much more it is than before, once it is at least so much more. */
  async function counting(name: string, by: Record<string, string>, work: () => Promise<unknown>, least = 1) {
    const before = meter.total(name, by);
    await work();
    await eventually(async () => meter.total(name, by) >= before + least, { what: name });
    return meter.total(name, by) - before;
  }
  const enqueue = <T extends { label: string }>(job: JobDefinition<T>) =>
    env.enqueue(job, { label: randomUUID() } as T);

  it('tell each enqueued job, attempt and outcome, and how long attempts take', async () => {
    const job = failWithProblem.name;
    const [enqueued, started, attempts] = [
      meter.total('jobs.enqueued', { job }),
      meter.total('jobs.started', { job }),
      meter.values('jobs.duration', { job }).length,
    ];
    expect(await counting('jobs.dead', { job }, () => enqueue(failWithProblem))).toBe(1);
    await eventually(async () => meter.values('jobs.duration', { job }).length > attempts);
    expect(meter.total('jobs.enqueued', { job })).toBe(enqueued + 1);
    expect(meter.total('jobs.started', { job })).toBe(started + 1);
    expect(meter.total('jobs.ended', { job, outcome: 'failed' })).toBe(1);
    expect(meter.values('jobs.duration', { job }).every(isSinceTheStart)).toBe(true);
  });

  it('tell retries from the end of them', async () => {
    const job = failAlways.name;
    await counting('jobs.dead', { job }, () => enqueue(failAlways));
    expect(meter.total('jobs.ended', { job, outcome: 'retried' })).toBe(1);
    expect(meter.total('jobs.ended', { job, outcome: 'failed' })).toBe(1);
    expect(meter.total('jobs.started', { job })).toBe(2);
    expect(takeFailures().filter(({ name }) => name === job)).toEqual([
      expect.objectContaining({ source: 'job', count: 2 }),
    ]);
  });

  it('tell what was done from what was delivered once more', async () => {
    const id = randomUUID();
    await env.rows('insert into inbox (consumer, message_id) values ($1, $2)', [record.name, id]);
    const headers = { enqueued_at: new Date().toISOString() };
    const data = { version: 1, headers, payload: { label: id } };
    const deliver = () => queue.add(record.name, data, { jobId: id });
    expect(await counting('jobs.ended', { job: record.name, outcome: 'skipped' }, deliver)).toBe(1);
    const succeeded = { job: record.name, outcome: 'succeeded' };
    expect(await counting('jobs.ended', succeeded, () => enqueue(record))).toBeGreaterThan(0);
    expect(await env.count('effects', id)).toBe(0);
  });

  it('tell cancellations that were obeyed', async () => {
    const job = waitForAbort.name;
    const id = await enqueue(waitForAbort);
    await eventually(async () => (await env.operation(id))?.state === 'running');
    const cancel = () => env.rows('update operations set cancel_requested_at = now() where id = $1', [id]);
    expect(await counting('jobs.ended', { job, outcome: 'cancelled' }, cancel)).toBe(1);
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
    await env.rows(processed);
    await env.rows(processed);
    const sweep = () => worker.get(RetentionProcessor).sweep({ signal: new AbortController().signal });
    expect(await counting('retention.deleted', { table: 'inbox' }, sweep)).toBe(2);
  });

  it('tell jobs that their worker was too silent to keep', async () => {
    await worker.close();
    const connection = await env.connect();
    const never = () => new Promise<void>(() => {});
    const silent = new JobWorker('default', never, { connection, autorun: false, lockDuration: 1000 });
    const jobId = randomUUID();
    const data = { version: 1, headers: { enqueued_at: new Date().toISOString() }, payload: { label: 'x' } };
    await queue.add(record.name, data, { jobId });
    const taken = new Promise((resolve) => void silent.on('active', resolve));
    void silent.run();
    await taken;
    await silent.close(true);
    const restart = async () => (worker = await startWorker(env.config));
    expect(await counting('jobs.stalled', { queue: 'default' }, restart)).toBe(1);
  });

  it('tell locks that were lost', async () => {
    const id = await enqueue(waitForAbort);
    await eventually(async () => (await env.operation(id))?.state === 'running');
    expect(await counting('jobs.lock_lost', { queue: 'default' }, () => env.loseQueue())).toBe(1);
  });
});
