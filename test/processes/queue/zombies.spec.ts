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

/** Effects that a worker without the protection still has, at least: the other is asked for none in the same time. */
const afterTheLoss = 10;

describe('a worker that was frozen and wakes up', () => {
  // The backends at the same time: most of it is waiting.
  it.concurrent.each(backends)(
    'stops what another worker has taken over, and adds no effect (%s)',
    async (backend) => {
      await using closing = new AsyncDisposableStack();
      const world = await TestEnvironment.create(backend);
      closing.defer(() => world.close());

      async function startWorker(switches: Switch[] = []): Promise<ForkedWorker> {
        const worker = await forkWorker(world, { switches });
        closing.defer(() => worker.end());
        return worker;
      }
      /** The job as it is begun by this worker, which is the only one awake. */
      async function begun(definition: typeof hangOnce): Promise<string> {
        const id = await world.enqueue(definition, { label: 'zombie' });
        await eventually(async () => (await world.count('starts', id)) === 1, { what: 'the job is begun' });
        return id;
      }
      const isDone = (id: string) => async () => (await world.count('inbox', id)) === 1;

      const zombie = await startWorker();
      const held = await begun(hangOnce);
      const ticking = await begun(recordUntilAbort);
      zombie.child.kill('SIGSTOP');
      // Beside it one without the protection, to show what the protection is for.
      const unprotected = await startWorker(['--without-lock-loss']);
      const tickingOn = await begun(recordUntilAbort);
      unprotected.child.kill('SIGSTOP');

      await startWorker();
      for (const id of [held, ticking, tickingOn])
        await eventually(isDone(id), { what: 'another has done it' });
      for (const { child } of [zombie, unprotected]) child.kill('SIGCONT');
      await eventually(async () => (await world.rows('select 1 from aborts')).length === 1, {
        what: 'the zombie notices',
      });
      expect(await world.rows('select message_id, reason from aborts')).toEqual([
        { message_id: ticking, reason: 'The attempt was aborted: lock-lost.' },
      ]);
      const stopped = await world.count('effects', ticking);
      const before = await world.count('effects', tickingOn);
      const goesOn = async () => (await world.count('effects', tickingOn)) > before + afterTheLoss;
      await eventually(goesOn, { what: 'the unprotected one goes on' });
      expect(await world.count('effects', ticking)).toBe(stopped);
      expect(await world.count('aborts', tickingOn)).toBe(0);
      expect(await world.count('effects', held)).toBe(1);
      const after = (await world.count('effects', tickingOn)) - before;
      figure(
        `a frozen worker wakes up on ${backend}`,
        `0 effects after the loss of its lock; ${after} in a worker whose loss of locks aborts nothing`,
      );
    },
  );
});
