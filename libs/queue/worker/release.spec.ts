import { afterEach, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { waitForAbort } from '../testing/sample-jobs.js';
import { backends, TestEnvironment } from '../testing/test-environment.js';
import { startWorker } from '../testing/worker.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it.each(backends)(
  'A worker that is asked to stop releases its job, without counting a failure (%s)',
  async (backend) => {
    const env = await TestEnvironment.create(backend);
    closing.push(() => env.close());
    const first = await startWorker(env.config);
    const id = await env.enqueue(waitForAbort, { label: 'released' });
    const isInAttempt = (attempt: number) => async () => {
      const operation = await env.operation(id);
      return operation?.state === 'running' && operation.attempt === attempt;
    };
    await eventually(isInAttempt(1), { what: 'the job runs' });
    await first.close();
    expect(await env.operation(id)).toMatchObject({ state: 'queued', attempt: 1 });

    const second = await startWorker(env.config);
    closing.push(() => second.close());
    await eventually(isInAttempt(2), { what: 'the job runs again' });
    const job = await (await env.openQueue()).getJob(id);
    expect(job).toMatchObject({ attemptsMade: 0 });
  },
);
