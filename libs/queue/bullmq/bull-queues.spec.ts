import { once } from 'node:events';
import { InjectQueue, WorkerHost } from '@nestjs/bullmq';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { eventually } from '#libs/testing';
import { declaredQueues } from '../outbox/job-definition.js';
import { record, waitForAbort } from '../testing/sample-jobs.js';
import { backends, TestEnvironment } from '../testing/test-environment.js';
import { startWorker } from '../testing/worker.js';
import { JobQueue } from './job-queue.js';
import { JobWorker } from './job-worker.js';

/** Any provider of the worker. */
@Injectable()
class QueueReader {
  constructor(@InjectQueue('default') readonly queue: JobQueue) {}
}

describe.each(backends)('@nestjs/bullmq in a worker on %s', (backend) => {
  let env: TestEnvironment;
  let worker: INestApplicationContext;

  beforeEach(async () => {
    env = await TestEnvironment.create(backend);
    worker = await startWorker(env.config, { providers: [QueueReader] });
  });
  afterEach(async () => {
    await worker.close();
    await env.close();
  });

  /** The hosts to which the registrar has given a worker. */
  function registered(): WorkerHost[] {
    const providers = worker.get(DiscoveryService, { strict: false }).getProviders();
    const hosts = providers.map(({ instance }) => instance as unknown);
    return hosts.filter((host): host is WorkerHost => host instanceof WorkerHost);
  }

  it('injects the queue that the relay and the workers use', async () => {
    const { queue } = worker.get(QueueReader);
    expect(queue).toBeInstanceOf(JobQueue);
    const id = await env.enqueue(waitForAbort, { label: 'seen' });
    const job = await eventually(() => queue.getJob(id), { what: 'the queue has the job' });
    expect(job).toMatchObject({ id, name: waitForAbort.name });
  });

  it('injects a queue that takes no job inside a transaction', async () => {
    const { queue } = worker.get(QueueReader);
    const data = { version: 1, payload: { label: 'a' }, headers: { enqueued_at: new Date().toISOString() } };
    const add = env.db.transaction(async () => queue.add(record.name, data));
    await expect(add).rejects.toThrow('Queue.add inside a transaction');
  });

  it('has one worker for each declared queue, and these do the jobs', async () => {
    const hosts = await eventually(
      () =>
        Promise.resolve(registered().filter((host) => isRegistered(host))).then(
          (all) => all.length > 0 && all,
        ),
      { what: 'the workers are registered' },
    );
    const workers = hosts.map((host) => host.worker as unknown as JobWorker);
    for (const one of workers) expect(one).toBeInstanceOf(JobWorker);
    expect(workers.map(({ name }) => name).sort()).toEqual(declaredQueues());

    const completed = once(
      workers.find(({ name }) => name === 'default')!,
      'completed',
    );
    const id = await env.enqueue(record, { label: 'done' });
    expect((await completed)[0]).toMatchObject({ id });
  });
});

/** The getter throws before the registrar has built the worker. */
function isRegistered(host: WorkerHost): boolean {
  try {
    return host.worker !== undefined;
  } catch {
    return false;
  }
}
