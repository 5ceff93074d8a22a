import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { Config } from '#libs/config';
import { newId } from '#libs/database';
import { eventually, TcpProxy } from '#libs/testing';
import type { JobQueue } from '../bullmq/job-queue.js';
import { count, record, recordInOneAttempt } from '../testing/sample-jobs.js';
import { backends, TestEnvironment } from '../testing/test-environment.js';
import { startWorker } from '../testing/worker.js';
import { WorkerHeartbeat } from '../worker-heartbeat.js';

/** Milliseconds: longer than any of these tests, so that no lock ends in one. */
const lockMs = 300_000;

/** Connections that a worker has tried to make: three for each of its parts that ask by themselves. */
const manyTries = 15;

/** Milliseconds that the handler of a job may wait for an answer: what waits so long has noticed nothing. */
const longestStatementMs = 60_000;

@Injectable()
class QueueReader {
  constructor(@InjectQueue('default') readonly queue: JobQueue) {}
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function createEnvironment(backend: 'postgres' | 'redis'): Promise<TestEnvironment> {
  const env = await TestEnvironment.create(backend);
  closing.push(() => env.close());
  return env;
}

async function proxyTo(url: string): Promise<TcpProxy> {
  const proxy = await TcpProxy.to(url);
  closing.push(() => proxy.down());
  return proxy;
}

async function startWorkerOn(config: Config, providers: (typeof QueueReader)[] = []) {
  const worker = await startWorker(config, { providers });
  closing.push(() => worker.close());
  return worker;
}

const isDone = (env: TestEnvironment, id: string) =>
  eventually(async () => (await env.count('inbox', id)) === 1, { what: 'the job is done' });

describe.each(backends)('a worker whose queues are away (%s)', (backend) => {
  let env: TestEnvironment;
  let proxy: TcpProxy;
  let config: Config;

  beforeEach(async () => {
    env = await createEnvironment(backend);
    const variable = backend === 'redis' ? 'REDIS_URL' : 'DATABASE_URL';
    proxy = await proxyTo(env.config[variable]!);
    config = new Config({ ...env.config, [variable]: proxy.through(env.config[variable]!) });
  });

  it('starts, and does jobs when they come', async () => {
    await proxy.down();
    const worker = await startWorkerOn(config, [QueueReader]);
    const heartbeat = worker.get(WorkerHeartbeat);
    const ids = [await env.enqueue(record, { label: 'a' }), await env.enqueue(count, { label: 'b' })];
    const counted = worker.get(QueueReader).queue.getJobCountByTypes('completed');
    expect(heartbeat.isHealthy()).toBe(false);
    await proxy.up();
    for (const id of ids) await isDone(env, id);
    await eventually(async () => heartbeat.isHealthy(), { what: 'the worker is healthy' });
    // What was asked of an injected queue before the first connection is answered after it.
    expect(await counted).toBe(0);
  });

  it('stops while they are still away', async () => {
    await proxy.down();
    const worker = await startWorkerOn(config);
    await expect(worker.close()).resolves.toBeUndefined();
  });

  it('goes on when they were away for a moment', async () => {
    const worker = await startWorkerOn(config);
    await isDone(env, await env.enqueue(record, { label: 'before' }));
    await proxy.down();
    const id = await env.enqueue(record, { label: 'meanwhile' });
    await proxy.up();
    await isDone(env, id);
    await eventually(async () => worker.get(WorkerHeartbeat).isHealthy(), { what: 'the worker is healthy' });
    expect(await env.count('effects', id)).toBe(1);
  });

  it('goes on when its connections fell silent, without a reset', async () => {
    await startWorkerOn(config);
    await isDone(env, await env.enqueue(record, { label: 'before' }));
    const silentAt = performance.now();
    proxy.silence();
    const id = await env.enqueue(record, { label: 'meanwhile' });
    await isDone(env, id);
    expect(performance.now() - silentAt).toBeLessThan(longestStatementMs);
    expect(await env.count('effects', id)).toBe(1);
  });

  it('uses no queue and no worker whose first connection broke', async () => {
    // A first connection asks whether the server is there, in Redis with two of these; then the server goes away.
    const [handshake, passed] = backend === 'redis' ? [/\binfo\b/i, 2] : [/'search_path', 'bullmq'/, 1];
    let handshakes = 0;
    proxy.watch(({ from, bytes }) => {
      if (from !== 'client' || !handshake.test(bytes.toString('latin1'))) return 'pass';
      handshakes += 1;
      return handshakes > passed && handshakes < 12 ? 'cut' : 'pass';
    });
    const ids = [await env.enqueue(record, { label: 'a' }), await env.enqueue(count, { label: 'b' })];
    await startWorkerOn(config);
    for (const id of ids) await isDone(env, id);
    expect(handshakes).toBeGreaterThan(12);
  });
});

describe('a worker whose database goes away for a moment', () => {
  let env: TestEnvironment;
  let proxy: TcpProxy;

  beforeEach(async () => {
    env = await createEnvironment('postgres');
    proxy = await proxyTo(env.config.DATABASE_URL);
    const throughProxy = { DATABASE_URL: proxy.through(env.config.DATABASE_URL), JOB_LOCK_MS: lockMs };
    await startWorkerOn(new Config({ ...env.config, ...throughProxy }));
  });

  it('acknowledges what it has done when it is back, and waits for no lock', async () => {
    const attempted = new Set<number>();
    let isAway = false;
    proxy.watch(({ connection, from, bytes }) => {
      if (isAway) attempted.add(connection);
      isAway ||= from === 'client' && bytes.includes('move_to_completed');
      return isAway ? 'cut' : 'pass';
    });
    const id = await env.enqueue(record, { label: 'done while it went' });
    // It is away for longer than all parts of the worker take between two tries.
    await eventually(async () => attempted.size >= manyTries, { what: 'the worker tries' });
    proxy.watch();
    await eventually(
      async () => (await env.rows(`select from bullmq.job where id = $1`, [id])).length === 0,
      { what: 'the acknowledgement' },
    );
    expect(await env.count('effects', id)).toBe(1);
  });

  it('does not take a message that it could not dispatch for one that was refused', async () => {
    const id = newId();
    let cuts = 0;
    proxy.watch(({ from, bytes }) => {
      if (cuts > 0 || from !== 'client' || !bytes.includes('add_jobs_bulk')) return 'pass';
      cuts += 1;
      return 'cut';
    });
    // Refused four times before: another refusal would make a dead letter of it.
    await env.rows(
      `insert into outbox (id, queue, name, version, payload, headers, attempts)
       values ($1, 'default', 'sample.record', 1, '{"label":"once more"}', '{}', 4)`,
      [id],
    );
    await isDone(env, id);
    expect(cuts).toBe(1);
    expect(await env.count('dead_letters', id)).toBe(0);
  });
});

describe('a database that lacks what the queues need', () => {
  it.each([
    ['a table', 'alter table bullmq.job rename to job_away', 'alter table bullmq.job_away rename to job'],
    ['a schema', 'alter schema bullmq rename to bullmq_away', 'alter schema bullmq_away rename to bullmq'],
    [
      'a function',
      'alter routine bullmq.add_jobs_bulk rename to add_jobs_away',
      'alter routine bullmq.add_jobs_away rename to add_jobs_bulk',
    ],
  ])('(%s) is charged to no message', async (_, breakIt, mendIt) => {
    const env = await createEnvironment('postgres');
    const proxy = await proxyTo(env.config.DATABASE_URL);
    await startWorkerOn(new Config({ ...env.config, DATABASE_URL: proxy.through(env.config.DATABASE_URL) }));
    await isDone(env, await env.enqueue(record, { label: 'before' }));
    await env.rows(breakIt);
    let tries = 0;
    proxy.watch(({ from, bytes }) => {
      if (from === 'client' && bytes.includes('add_jobs_bulk')) tries += 1;
      return 'pass';
    });
    const id = newId();
    // Refused four times before: another refusal would make a dead letter of it.
    await env.rows(
      `insert into outbox (id, queue, name, version, payload, headers, attempts)
       values ($1, 'default', 'sample.record', 1, '{"label":"after"}', '{}', 4)`,
      [id],
    );
    await eventually(async () => tries >= 3, { what: 'the relay tries again' });
    await env.rows(mendIt);
    await isDone(env, id);
    expect(await env.count('dead_letters', id)).toBe(0);
  });
});

const describeOnRedis = backends.includes('redis') ? describe : describe.skip;

describeOnRedis('an outage of the database, while Redis goes on,', () => {
  it('uses up none of the attempts of a job', async () => {
    const env = await createEnvironment('redis');
    const proxy = await proxyTo(env.config.DATABASE_URL);
    await startWorkerOn(new Config({ ...env.config, DATABASE_URL: proxy.through(env.config.DATABASE_URL) }));
    const queue = await env.openQueue();
    await queue.pause();
    const id = await env.enqueue(recordInOneAttempt, { label: 'after the outage' });
    await eventually(() => queue.getJob(id), { what: 'the queue has it' });
    await proxy.down();
    await queue.resume();
    const delayed = await eventually(async () => (await queue.getDelayed())[0], { what: 'it waits' });
    expect(delayed).toMatchObject({ id, attemptsMade: 0 });
    await proxy.up();
    await isDone(env, id);
    expect(await env.count('effects', id)).toBe(1);
    expect(await env.count('dead_letters', id)).toBe(0);
  });
});
