import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { Redis } from 'ioredis';
import { eventually } from '#libs/testing';
import type { JobQueue } from '../bullmq/job-queue.js';
import { count, countTo, stepAndWait } from '../testing/sample-jobs.js';
import { type BackendName, backends, TestEnvironment } from '../testing/test-environment.js';
import { startWorker } from '../testing/worker.js';

describe.each(backends)('the deaths of the workers of a job (%s)', (backend: BackendName) => {
  let env: TestEnvironment;
  let queue: JobQueue;
  let worker: INestApplicationContext | undefined;

  beforeEach(async () => {
    env = await TestEnvironment.create(backend);
    queue = await env.openQueue('bulk');
  });

  afterEach(async () => {
    await worker?.close();
    worker = undefined;
    await env.close();
  });

  /** Starts a worker on a job with so many deaths, and so many of them before its last checkpoint. */
  async function run(
    definition: typeof count,
    { deaths, beforeCheckpoint = 0 }: { deaths: number; beforeCheckpoint?: number },
  ): Promise<string> {
    const id = await env.enqueue(definition, { label: 'deadly' });
    await env.rows('delete from outbox where id = $1', [id]);
    const headers = { enqueued_at: new Date().toISOString() };
    const job = await queue.add(
      definition.name,
      { version: 1, headers, payload: { label: 'deadly' } },
      { jobId: id },
    );
    await job.updateProgress(beforeCheckpoint);
    await setDeaths(id, deaths);
    worker = await startWorker(env.config);
    return id;
  }

  /** What BullMQ writes when it finds a job whose worker is dead. */
  async function setDeaths(id: string, deaths: number): Promise<void> {
    const { REDIS_URL } = env.config;
    if (!REDIS_URL) {
      await env.rows('update bullmq.job set stalled_count = $2 where id = $1', [id, deaths]);
      return;
    }
    const redis = new Redis(REDIS_URL);
    await redis.hset(`bull:bulk:${id}`, 'stc', deaths);
    redis.disconnect();
  }

  const finished = (id: string) =>
    eventually(
      async () => {
        const operation = await env.operation(id);
        return operation?.finishedAt && operation;
      },
      { what: 'the end of the job' },
    );

  it('make a dead letter of it after more than five without a checkpoint', async () => {
    const id = await run(count, { deaths: 6 });
    expect(await finished(id)).toMatchObject({ state: 'failed', problem: { code: 'jobs.failed' } });
    expect(await env.count('starts', id)).toBe(0);
    expect(await env.count('dead_letters', id)).toBe(1);
  });

  it('are counted since its last checkpoint, however many came before', async () => {
    const id = await run(count, { deaths: 20, beforeCheckpoint: 15 });
    expect(await finished(id)).toMatchObject({ state: 'succeeded', done: countTo });
  });

  it('make a dead letter of it when it went on for a while and then did not', async () => {
    const id = await run(count, { deaths: 21, beforeCheckpoint: 15 });
    expect(await finished(id)).toMatchObject({ state: 'failed', problem: { code: 'jobs.failed' } });
    expect(await env.count('starts', id)).toBe(0);
  });

  it('count no longer once it has a new checkpoint', async () => {
    const id = await run(stepAndWait, { deaths: 5 });
    await eventually(async () => (await queue.getJob(id))?.progress === 5, { what: 'the checkpoint' });
    expect(await env.count('effects', id)).toBe(1);
  });
});
