import { describe, expect, it } from '@jest/globals';
import { backends, count, countTo, forkWorker, hangOnce, TestEnvironment } from '#libs/queue/testing';
import { eventually } from '#libs/testing';

describe('workers that are killed in the middle of a job', () => {
  // The backends at the same time: most of it is waiting for the locks of the dead.
  it.concurrent.each(backends)('lose and repeat nothing, and another goes on (%s)', async (backend) => {
    await using closing = new AsyncDisposableStack();
    const env = await TestEnvironment.create(backend);
    closing.defer(() => env.close());
    const startProcess = async () => {
      const worker = await forkWorker(env);
      closing.defer(() => worker.end());
      return worker;
    };

    const victim = await startProcess();
    const hung = await env.enqueue(hangOnce, { label: 'hung' });
    const counted = await env.enqueue(count, { label: 'counted' });
    await eventually(
      async () => (await env.count('starts', hung)) === 1 && ((await env.operation(counted))?.done ?? 0) >= 3,
      { what: 'both jobs are in the middle' },
    );

    await victim.end();
    const { done } = (await env.operation(counted))!;
    await startProcess();
    await eventually(
      async () => (await env.count('inbox', hung)) === 1 && (await env.count('inbox', counted)) === 1,
      { what: 'both jobs are done' },
    );

    expect(done).toBeLessThan(countTo);
    expect(await env.count('effects', hung)).toBe(1);
    expect(await env.count('starts', hung)).toBe(2);
    expect(await env.count('effects', counted)).toBe(countTo);
    expect(await env.operation(counted)).toMatchObject({ state: 'succeeded', attempt: 2, done: countTo });
  });
});
