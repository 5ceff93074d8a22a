import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { count, countTo, hangOnce, waitForAbort } from '../testing/sample-jobs.js';
import { forkWorker } from '../testing/forked-worker.js';
import { startWorker } from '../testing/worker.js';
import { type BackendName, backends, TestEnvironment } from '../testing/test-environment.js';

describe('workers that end in the middle of a job', () => {
  const closing: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function createEnvironment(backend: BackendName): Promise<TestEnvironment> {
    const env = await TestEnvironment.create(backend);
    closing.push(() => env.close());
    return env;
  }

  async function startProcess(env: TestEnvironment) {
    const worker = await forkWorker(env);
    closing.push(() => worker.end());
    return worker.child;
  }

  it.each(backends)(
    'lose and repeat nothing when killed, and another goes on within two locks (%s)',
    async (backend) => {
      const env = await createEnvironment(backend);
      const victim = await startProcess(env);
      const hung = await env.enqueue(hangOnce, { label: 'hung' });
      const counted = await env.enqueue(count, { label: 'counted' });
      await eventually(
        async () => {
          return (await env.count('starts', hung)) === 1 && ((await env.operation(counted))?.done ?? 0) >= 3;
        },
        { what: 'both jobs are in the middle' },
      );

      victim.kill('SIGKILL');
      const { done } = (await env.operation(counted))!;
      await startProcess(env);
      await eventually(
        async () => {
          return (await env.count('inbox', hung)) === 1 && (await env.count('inbox', counted)) === 1;
        },
        { what: 'both jobs are done', withinMs: 2 * env.config.JOB_LOCK_MS },
      );

      expect(done).toBeLessThan(countTo);
      expect(await env.count('effects', hung)).toBe(1);
      expect(await env.count('starts', hung)).toBe(2);
      expect(await env.count('effects', counted)).toBe(countTo);
      expect(await env.operation(counted)).toMatchObject({ state: 'succeeded', attempt: 2, done: countTo });
    },
  );

  it.each(backends)(
    'release their job when asked to stop, without counting a failure (%s)',
    async (backend) => {
      const env = await createEnvironment(backend);
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
});
