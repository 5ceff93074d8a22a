import { describe, expect, it } from '@jest/globals';
import {
  backends,
  type ForkedWorker,
  forkWorker,
  hangOnce,
  recordUntilAbort,
  type Switch,
  TestEnvironment,
} from '#libs/queue/testing';
import { eventually, figure } from '#libs/testing';

/** Effects that a worker without the protection still has, at least; the other has none in the same time. */
const afterTheLoss = 10;

describe('a worker that was frozen and wakes up', () => {
  // The backends at the same time: most of it is waiting.
  it.concurrent.each(backends)(
    'stops what another worker has taken over, and adds no effect (%s)',
    async (backend) => {
      await using closing = new AsyncDisposableStack();
      const env = await TestEnvironment.create(backend);
      closing.defer(() => env.close());

      async function startWorker(switches: Switch[] = []): Promise<ForkedWorker> {
        const worker = await forkWorker(env, { switches });
        closing.defer(() => worker.end());
        return worker;
      }
      /** The job as it is begun by this worker, which is the only one awake. */
      async function begun(definition: typeof hangOnce): Promise<string> {
        const id = await env.enqueue(definition, { label: 'zombie' });
        await eventually(async () => (await env.count('starts', id)) === 1, { what: 'the job is begun' });
        return id;
      }
      const isDone = (id: string) => async () => (await env.count('inbox', id)) === 1;

      const zombie = await startWorker();
      const hung = await begun(hangOnce);
      const recording = await begun(recordUntilAbort);
      zombie.child.kill('SIGSTOP');
      // Beside it one without the protection, to show what the protection is for.
      const unprotected = await startWorker(['--without-lock-loss']);
      const recordingOn = await begun(recordUntilAbort);
      unprotected.child.kill('SIGSTOP');

      await startWorker();
      for (const id of [hung, recording, recordingOn])
        await eventually(isDone(id), { what: 'another has done it' });
      for (const { child } of [zombie, unprotected]) child.kill('SIGCONT');
      await eventually(async () => (await env.rows('select 1 from aborts')).length === 1, {
        what: 'the zombie notices',
      });
      expect(await env.rows('select message_id, reason from aborts')).toEqual([
        { message_id: recording, reason: 'The attempt was aborted: lock-lost.' },
      ]);
      const stopped = await env.count('effects', recording);
      const before = await env.count('effects', recordingOn);
      const goesOn = async () => (await env.count('effects', recordingOn)) > before + afterTheLoss;
      await eventually(goesOn, { what: 'the unprotected one goes on' });
      expect(await env.count('effects', recording)).toBe(stopped);
      expect(await env.count('aborts', recordingOn)).toBe(0);
      expect(await env.count('effects', hung)).toBe(1);
      const after = (await env.count('effects', recordingOn)) - before;
      figure(
        `a frozen worker wakes up on ${backend}`,
        `0 effects after the loss of its lock; ${after} in a worker whose loss of locks aborts nothing`,
      );
    },
  );
});
