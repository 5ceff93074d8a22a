import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { count, countTo, hold, linger } from './testing/sample-jobs.js';
import { createBackend, createQueue } from './running/queues.js';
import { forkWorker } from './testing/forked-worker.js';
import { startWorker } from './testing/worker.js';
import { type BackendName, backends, World } from './testing/world.js';

describe('workers that end in the middle of a job', () => {
  const closing: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function createWorld(backend: BackendName): Promise<World> {
    const world = await World.create(backend);
    closing.push(() => world.close());
    return world;
  }

  async function startProcess(world: World) {
    const worker = await forkWorker(world);
    closing.push(() => worker.end());
    return worker.child;
  }

  it.each(backends)(
    'lose and repeat nothing when killed, and another goes on within two locks (%s)',
    async (backend) => {
      const world = await createWorld(backend);
      const victim = await startProcess(world);
      const held = await world.enqueue(hold, { label: 'held' });
      const counted = await world.enqueue(count, { label: 'counted' });
      await eventually(
        async () => {
          return (
            (await world.count('starts', held)) === 1 && ((await world.operation(counted))?.done ?? 0) >= 3
          );
        },
        { what: 'both jobs are in the middle' },
      );

      victim.kill('SIGKILL');
      const { done } = (await world.operation(counted))!;
      await startProcess(world);
      await eventually(
        async () => {
          return (await world.count('inbox', held)) === 1 && (await world.count('inbox', counted)) === 1;
        },
        { what: 'both jobs are done' },
      );

      expect(done).toBeLessThan(countTo);
      expect(await world.count('effects', held)).toBe(1);
      expect(await world.count('starts', held)).toBe(2);
      expect(await world.count('effects', counted)).toBe(countTo);
      expect(await world.operation(counted)).toMatchObject({ state: 'succeeded', attempt: 2, done: countTo });
    },
  );

  it.each(backends)(
    'hand their job back when asked to stop, without counting a failure (%s)',
    async (backend) => {
      const world = await createWorld(backend);
      const first = await startWorker(world.config);
      const id = await world.enqueue(linger, { label: 'handed back' });
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
      const connection = createBackend(world.config, 1);
      const queue = createQueue(connection, 'default');
      const job = await queue.getJob(id);
      await queue.close();
      await connection.close();
      expect(job).toMatchObject({ attemptsMade: 0 });
    },
  );
});
