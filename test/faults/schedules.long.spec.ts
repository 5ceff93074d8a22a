import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { eventually, figure, sized } from '#libs/testing';
import { type Backend, backends, Workers } from './support/workers.js';

const crew = sized(3, 8);
const restarts = sized(3, 50);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Of the schedule that is due every second, up to `until`: effects, slots with one, and seconds from the first to the last. */
async function slots({ db }: Workers, until: Date) {
  const { rows } = await db.pool.query<{ effects: number; slots: number; seconds: number }>(
    `select count(*)::int as effects, count(distinct slot)::int as slots,
            coalesce(extract(epoch from max(slot) - min(slot))::int + 1, 0) as seconds
     from (select split_part(label, ' ', 2)::timestamptz as slot from effects where label like 'every-second %') as ticks
     where slot <= $1`,
    [until],
  );
  return rows[0]!;
}

it.each<Backend>(backends)(
  `${crew} workers that are killed and started again ${restarts} times run each slot of a schedule once (%s)`,
  async (backend) => {
    const workers = await Workers.create(backend);
    closing.push(() => workers.close());
    const start = () => workers.start(() => {}, ['--with-schedules']);
    const running = await Promise.all(Array.from({ length: crew }, start));
    for (let restart = 0; restart < restarts; restart += 1) {
      // Any time of a second, so that the kills meet every part of a slot.
      await sleep(Math.random() * 1000);
      const turn = restart % crew;
      const { child } = running[turn]!;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      running[turn] = await start();
    }
    const { rows } = await workers.db.pool.query<{ now: Date }>('select now()');
    const until = rows[0]!.now;
    await eventually(
      async () => {
        const { slots: done, seconds } = await slots(workers, until);
        return done > restarts && done === seconds;
      },
      { what: 'every slot is done' },
    );
    const { effects, slots: done } = await slots(workers, until);
    expect(effects).toBe(done);
    figure(
      `${crew} workers restarted ${restarts} × on ${backend}, a schedule for every second`,
      `${done} slots, ${effects} effects, none missed`,
    );
  },
);
