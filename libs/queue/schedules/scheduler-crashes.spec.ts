import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eventually } from '#libs/testing';
import { TickProcessor } from '../testing/sample-schedules.js';
import { TestScheduler } from '../testing/test-scheduler.js';
import { startWorker } from '../testing/worker.js';
import { type BackendName, backends, TestEnvironment } from '../testing/test-environment.js';

Logger.overrideLogger(false);

const second = 1000;

/** Test/faults has fifty, of whole workers. */
const restarts = 20;
const hour = 3_600_000;
const schedulerProcess = fileURLToPath(
  new URL('../../../dist/libs/queue/testing/scheduler-process.js', import.meta.url),
);

/** The slots of the schedule in `labels`, oldest first. */
function slotsIn(labels: { label: string }[]): string[] {
  return labels.map(({ label }) => label.split(' ')[1]!).toSorted();
}

/** All seconds from the first of the slots to the last. */
function everySecondOf(slots: string[]): string[] {
  const [first, last] = [Date.parse(slots[0]!), Date.parse(slots.at(-1)!)];
  return Array.from({ length: (last - first) / second + 1 }, (_, n) =>
    new Date(first + n * second).toISOString(),
  );
}

describe('schedulers that end at any moment', () => {
  const closing: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function createEnvironment(backend: BackendName): Promise<TestEnvironment> {
    const env = await TestEnvironment.create(backend);
    closing.push(() => env.close());
    return env;
  }

  async function forkScheduler(env: TestEnvironment, skewMs: number): Promise<ChildProcess> {
    const child = fork(schedulerProcess, [env.config.DATABASE_URL, String(skewMs)], { execArgv: [] });
    const exited = once(child, 'exit');
    closing.push(async () => {
      child.kill('SIGKILL');
      await exited;
    });
    await once(child, 'message');
    return child;
  }

  it('enqueue each slot once and miss none: eight of them, cut off and started again', async () => {
    const env = await createEnvironment('postgres');
    const start = async () => (await TestScheduler.create(env.config.DATABASE_URL)).start();
    const running = await Promise.all(Array.from({ length: 8 }, start));
    closing.push(() => Promise.all(running.map((scheduler) => scheduler.stop())));
    const enqueued = () =>
      env.rows<{ label: string }>(
        `select payload->>'label' as label from outbox where payload->>'label' like 'every-second %'`,
      );
    for (let restart = 0; restart < restarts; restart += 1) {
      // Any time of a second, so that the cuts meet every part of a slot.
      await sleep(Math.random() * 400);
      const turn = restart % running.length;
      await running[turn]!.kill();
      running[turn] = await start();
    }
    const { length } = await enqueued();
    await eventually(async () => (await enqueued()).length > length, { what: 'it goes on' });

    const slots = slotsIn(await enqueued());
    expect(slots.length).toBeGreaterThan(3);
    expect(slots).toEqual(everySecondOf(slots));
  }, 40_000);

  it.each(backends)(
    'have one effect for each slot by the clock of the database, killed and with wrong clocks (%s)',
    async (backend) => {
      const env = await createEnvironment(backend);
      const worker = await startWorker(env.config, { providers: [TickProcessor] });
      closing.push(() => worker.close());
      const effects = () =>
        env.rows<{ label: string }>(`select label from effects where label like 'every-second %'`);
      const more = async (count: number) => {
        const { length } = await effects();
        await eventually(async () => (await effects()).length >= length + count, { what: 'more slots' });
      };
      const [slow] = await Promise.all([forkScheduler(env, -hour), forkScheduler(env, hour)]);
      await more(2);
      slow.kill('SIGKILL');
      await forkScheduler(env, -hour);
      await more(3);

      const slots = slotsIn(await effects());
      expect(slots).toEqual(everySecondOf(slots));
      expect(Math.abs(Date.parse(slots.at(-1)!) - Date.now())).toBeLessThan(60 * second);
    },
    40_000,
  );
});
