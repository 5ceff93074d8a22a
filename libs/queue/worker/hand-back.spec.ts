import { afterEach, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { waitForAbort } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { backends, TestEnvironment } from '../testing/test-environment.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it.each(backends)(
  'A worker that is asked to stop hands its job back, without counting a failure (%s)',
  async (backend) => {
    const world = await TestEnvironment.create(backend);
    closing.push(() => world.close());
    const first = await startWorker(world.config);
    const id = await world.enqueue(waitForAbort, { label: 'handed back' });
    const isRun = (attempt: number) => async () => {
      const operation = await world.operation(id);
      return operation?.state === 'running' && operation.attempt === attempt;
    };
    await eventually(isRun(1), { what: 'the job runs' });
    await first.close();
    expect(await world.operation(id)).toMatchObject({ state: 'queued', attempt: 1 });

    const second = await startWorker(world.config);
    closing.push(() => second.close());
    await eventually(isRun(2), { what: 'the job runs again' });
    const queue = await world.openQueue();
    const job = await queue.getJob(id);
    expect(job).toMatchObject({ attemptsMade: 0 });
  },
);
