import { describe, expect, it } from '@jest/globals';
import { backends, count, countTo, forkWorker, hangOnce, TestEnvironment } from '#libs/queue/testing';
import { eventually } from '#libs/testing';

describe('workers that are killed in the middle of a job', () => {
  // The backends at the same time: most of it is waiting for the locks of the dead.
  it.concurrent.each(backends)('lose and repeat nothing, and another goes on (%s)', async (backend) => {
    await using closing = new AsyncDisposableStack();
    const world = await TestEnvironment.create(backend);
    closing.defer(() => world.close());
    const startProcess = async () => {
      const worker = await forkWorker(world);
      closing.defer(() => worker.end());
      return worker;
    };

    const victim = await startProcess();
    const held = await world.enqueue(hangOnce, { label: 'held' });
    const counted = await world.enqueue(count, { label: 'counted' });
    await eventually(
      async () =>
        (await world.count('starts', held)) === 1 && ((await world.operation(counted))?.done ?? 0) >= 3,
      { what: 'both jobs are in the middle' },
    );

    await victim.end();
    const { done } = (await world.operation(counted))!;
    await startProcess();
    await eventually(
      async () => (await world.count('inbox', held)) === 1 && (await world.count('inbox', counted)) === 1,
      { what: 'both jobs are done' },
    );

    expect(done).toBeLessThan(countTo);
    expect(await world.count('effects', held)).toBe(1);
    expect(await world.count('starts', held)).toBe(2);
    expect(await world.count('effects', counted)).toBe(countTo);
    expect(await world.operation(counted)).toMatchObject({ state: 'succeeded', attempt: 2, done: countTo });
  });
});
