import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eventually } from '#libs/testing';
import { defineSchedule } from '#libs/queue';
import { startApi } from '../testing/api.js';
import { declaredSchedules, everySecond, TestScheduler, tick, World, yearly } from '#libs/queue/testing';

const hour = 3_600_000;

interface View {
  name: string;
  paused: boolean;
  next_run_at: string | null;
  last_run_at: string | null;
  late: boolean;
}

Logger.overrideLogger(false);

describe('schedules', () => {
  let world: World;
  let scheduler: TestScheduler;

  beforeEach(async () => {
    world = await World.create('postgres');
    scheduler = await TestScheduler.create(world.config.DATABASE_URL);
  });

  afterEach(async () => {
    await scheduler.stop();
    await world.close();
  });

  async function rowOf(name: string) {
    const [row] = await world.rows<{ next_slot_at: Date; removed_at: Date | null; cron: string }>(
      'select * from schedules where name = $1',
      [name],
    );
    return row!;
  }

  /** As if every worker had been away for `hours` and a half. Half an hour from now, so that no slot comes up meanwhile. */
  async function missHours(name: string, hours: number): Promise<Date> {
    const [row] = await world.rows<{ next_slot_at: Date }>(
      `update schedules set next_slot_at = due.slot, cron = extract(minute from due.slot) || ' * * * *'
       from (select date_trunc('minute', now() - interval '30 minutes') - make_interval(hours => $2) as slot) due
       where name = $1 returning next_slot_at`,
      [name, hours],
    );
    return row!.next_slot_at;
  }

  async function promised(label: string): Promise<string[]> {
    const rows = await world.rows<{ label: string }>(
      `select payload->>'label' as label from outbox where payload->>'label' like $1 || ' %' order by id`,
      [label],
    );
    return rows.map((row) => row.label.split(' ')[1]!);
  }

  /** Waits until a whole look of the scheduler at everything lies behind us. */
  async function looked(): Promise<void> {
    const { length } = await promised('every-second');
    await eventually(async () => (await promised('every-second')).length > length + 1, { what: 'two looks' });
  }

  it('are written when they are new, and left alone when nothing changed', async () => {
    await scheduler.register.reconcile();
    const states = () => world.rows('select name, xmin::text, next_slot_at from schedules order by name');
    const first = await states();
    // FOR UPDATE leaves the version of a row as it is.
    await scheduler.register.reconcile();
    expect(await states()).toEqual(first);
    expect((await rowOf('sample.skip')).next_slot_at).toEqual(nextNewYear());
  });

  it('get new times when their cron or time zone changes', async () => {
    await scheduler.register.reconcile();
    const others = declaredSchedules().filter(({ name }) => name !== 'sample.skip');
    const skip = declaredSchedules().find(({ name }) => name === 'sample.skip')!;
    await scheduler.register.reconcile([...others, { ...skip, timeZone: 'UTC' }]);
    expect((await rowOf('sample.skip')).next_slot_at.getTime() - nextNewYear().getTime()).toBe(hour);
    await scheduler.register.reconcile([...others, { ...skip, cron: '30 12 1 1 *' }]);
    expect((await rowOf('sample.skip')).next_slot_at.getTime() - nextNewYear().getTime()).toBe(12.5 * hour);
  });

  it('keep the slot that is due when the new cron has it too', async () => {
    await scheduler.register.reconcile();
    const due = await missHours('sample.backfill', 0);
    const [backfill] = declaredSchedules().filter(({ name }) => name === 'sample.backfill');
    await scheduler.register.reconcile([{ ...backfill!, cron: '* * * * *' }]);
    expect((await rowOf('sample.backfill')).next_slot_at).toEqual(due);
  });

  it('are removed with their declaration, and start afresh when it returns', async () => {
    await scheduler.register.reconcile();
    await scheduler.register.reconcile([everySecond]);
    expect((await rowOf('sample.backfill')).removed_at).not.toBeNull();
    await missHours('sample.backfill', 5);
    await world.rows(`update schedules set cron = $1 where name = 'sample.backfill'`, [yearly]);
    scheduler.start();
    await looked();
    expect(await rowOf('sample.backfill')).toMatchObject({
      removed_at: null,
      next_slot_at: nextNewYear(),
    });
    expect(await promised('backfill')).toEqual([]);
  });

  it('go on when an older release that starts again has taken them for removed', async () => {
    scheduler.start();
    await looked();
    await scheduler.register.reconcile(declaredSchedules().filter((schedule) => schedule !== everySecond));
    await looked();
    expect((await rowOf('sample.every-second')).removed_at).toBeNull();
  });

  it('make up for what was missed as their policy says', async () => {
    scheduler.start();
    await looked();
    const after = (first: Date, hours: number) => new Date(first.getTime() + hours * hour);
    const first = await missHours('sample.run-once', 3);
    const skipped = await missHours('sample.skip', 3);
    const filled = await missHours('sample.backfill', 3);
    await looked();
    expect(await promised('run-once')).toEqual([first.toISOString()]);
    expect(await promised('skip')).toEqual([]);
    expect((await rowOf('sample.skip')).next_slot_at).toEqual(after(skipped, 4));
    expect(await promised('backfill')).toEqual(
      [0, 1, 2, 3].map((hours) => after(filled, hours).toISOString()),
    );
  });

  it('promise a slot once, even when it is due a second time', async () => {
    await scheduler.register.reconcile();
    const due = new Date(Date.now() - 1000);
    const makeDue = () =>
      world.rows(`update schedules set next_slot_at = $1 where name = 'sample.backfill'`, [due]);
    await makeDue();
    scheduler.start();
    await eventually(async () => (await promised('backfill')).length === 1, { what: 'the promise' });
    await makeDue();
    await eventually(async () => (await rowOf('sample.backfill')).next_slot_at > due, { what: 'the second' });
    expect(await promised('backfill')).toEqual([due.toISOString()]);
  });

  it('pass without a job while they are paused', async () => {
    await scheduler.register.reconcile();
    await world.rows(
      `update schedules set paused = true, next_slot_at = now() where name = 'sample.backfill'`,
    );
    scheduler.start();
    await eventually(async () => (await rowOf('sample.backfill')).next_slot_at > new Date(), {
      what: 'the slot has passed',
    });
    expect(await promised('backfill')).toEqual([]);
  });

  it('are shown, and one that fails is shown and logged as late without holding up the others', async () => {
    const errors: string[] = [];
    Logger.overrideLogger({ log() {}, warn() {}, error: (message: string) => errors.push(message) });
    await scheduler.register.reconcile();
    await world.rows(
      `update schedules set next_slot_at = now() - interval '2 minutes' where name = 'sample.broken'`,
    );
    const second = await TestScheduler.create(world.config.DATABASE_URL);
    scheduler.start();
    second.start();
    await looked();
    const api = await startApi(world.config);
    const answer = await fetch(`${await api.getUrl()}/v1/schedules`, { headers: { 'x-may': 'jobs:read' } });
    const { data } = (await answer.json()) as { data: View[] };
    await api.close();
    await second.stop();
    Logger.overrideLogger(false);
    const view = (name: string) => data.find((schedule) => schedule.name === name);
    expect(data.map(({ name }) => name)).toEqual(
      declaredSchedules()
        .map(({ name }) => name)
        .toSorted(),
    );
    expect(view('sample.skip')).toEqual({
      name: 'sample.skip',
      cron: yearly,
      time_zone: 'Europe/Berlin',
      job: 'sample.tick',
      paused: false,
      next_run_at: nextNewYear().toISOString(),
      last_run_at: null,
      late: false,
    });
    expect(view('sample.broken')).toMatchObject({ late: true, last_run_at: null });
    expect(view('sample.every-second')).toMatchObject({ late: false, last_run_at: expect.any(String) });
    expect(errors.filter((line) => line.startsWith('sample.broken is late'))).toHaveLength(1);
    expect(errors.join('\n')).toContain('sample.broken is due and its job cannot be promised');
  });

  it('wait for a database that is away at the start, and go on after it was away', async () => {
    await scheduler.proxy.down();
    scheduler.start();
    expect(scheduler.heartbeat.isHealthy()).toBe(false);
    await scheduler.proxy.up();
    await eventually(async () => (await promised('every-second')).length > 0, { what: 'the first slot' });
    expect(scheduler.heartbeat.isHealthy()).toBe(true);
    await scheduler.proxy.down();
    const { length } = await promised('every-second');
    await scheduler.proxy.up();
    await eventually(async () => (await promised('every-second')).length > length + 1, {
      what: 'more slots',
    });
  });
});

describe('the declaration of a schedule', () => {
  const valid = { cron: '* * * * *', job: tick, data: { label: 'a' } };

  it.each([
    ['a wrong cron', { cron: 'now and then' }, 'Not five or six fields'],
    ['an unknown time zone', { timeZone: 'Mars/Olympus' }, 'Mars/Olympus'],
    ['data that the job refuses', { data: { label: 1 as never } }, 'expected string'],
  ])('refuses %s', (_, wrong, message) => {
    expect(() => defineSchedule('sample.wrong', { ...valid, ...wrong })).toThrow(message);
  });

  it('refuses a name that is taken or no name', () => {
    expect(() => defineSchedule('sample.every-second', valid)).toThrow('Two schedules');
    expect(() => defineSchedule('every second', valid)).toThrow('Not a schedule name');
  });
});

/** Midnight in Berlin, an hour before that of UTC. */
function nextNewYear(): Date {
  return new Date(Date.UTC(new Date(Date.now() + hour).getUTCFullYear(), 11, 31, 23));
}
