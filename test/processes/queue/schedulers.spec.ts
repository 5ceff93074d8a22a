import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { backends, everySecondOf, forkWorker, slotsIn, TestEnvironment } from '#libs/queue/testing';
import { eventually } from '#libs/testing';

const minute = 60_000;
const hour = 60 * minute;

/** A scheduler whose clock is wrong by so many milliseconds. */
async function forkScheduler({ config }: TestEnvironment, skewMs: number): Promise<ChildProcess> {
  const program = resolve('build/libs/queue/testing/scheduler-process.js');
  const child = fork(program, [config.DATABASE_URL, String(skewMs)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

// The backends at the same time: most of it is waiting for the next second.
it.concurrent.each(backends)(
  'Schedulers that are killed, with wrong clocks, have one effect for each slot by the clock of the database (%s)',
  async (backend) => {
    await using closing = new AsyncDisposableStack();
    const env = await TestEnvironment.create(backend);
    closing.defer(() => env.close());
    const worker = await forkWorker(env, { switches: ['--with-schedules'] });
    closing.defer(() => worker.end());
    const start = async (skewMs: number) => {
      const child = await forkScheduler(env, skewMs);
      closing.defer(() => kill(child));
      return child;
    };
    const effects = () =>
      env.rows<{ label: string }>(`select label from effects where label like 'every-second %'`);
    const more = async (count: number) => {
      const { length } = await effects();
      await eventually(async () => (await effects()).length >= length + count, { what: 'more slots' });
    };

    const [slow] = await Promise.all([start(-hour), start(hour)]);
    await more(2);
    await kill(slow);
    await start(-hour);
    await more(3);

    const slots = slotsIn(await effects());
    expect(slots).toEqual(everySecondOf(slots));
    // A clock that is wrong is so by an hour.
    expect(Math.abs(Date.parse(slots.at(-1)!) - Date.now())).toBeLessThan(hour / 2);
  },
);
