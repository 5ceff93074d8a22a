import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eventually } from '#libs/testing';
import { everySecond, tick, yearly } from '../testing/sample-schedules.js';
import { TestEnvironment } from '../testing/test-environment.js';
import { TestScheduler } from '../testing/test-scheduler.js';
import { declaredSchedules, defineSchedule } from './schedule-definition.js';

const hour = 3_600_000;

Logger.overrideLogger(false);

describe('schedules', () => {
  let env: TestEnvironment;
  let scheduler: TestScheduler;

  beforeEach(async () => {
    env = await TestEnvironment.create('postgres');
    scheduler = await TestScheduler.create(env.config.DATABASE_URL);
  });

  afterEach(async () => {
    await scheduler.stop();
    await env.close();
  });

  async function rowOf(name: string) {
    const [row] = await env.rows<{ next_slot_at: Date; removed_at: Date | null; cron: string }>(
      'select * from schedules where name = $1',
      [name],
    );
    return row!;
  }

  /** Makes a schedule as it is after `hours` and a half without a worker. Half an hour from a slot, so that none comes up meanwhile. */
  async function missHours(name: string, hours: number): Promise<Date> {
    const [row] = await env.rows<{ next_slot_at: Date }>(
      `update schedules set next_slot_at = due.slot, cron = extract(minute from due.slot) || ' * * * *'
       from (select date_trunc('minute', now() - interval '30 minutes') - make_interval(hours => $2) as slot) due
       where name = $1 returning next_slot_at`,
      [name, hours],
    );
    return row!.next_slot_at;
  }

  async function enqueued(label: string): Promise<string[]> {
    const rows = await env.rows<{ label: string }>(
      `select payload->>'label' as label from outbox where payload->>'label' like $1 || ' %' order by id`,
      [label],
    );
    return rows.map((row) => row.label.split(' ')[1]!);
  }

  /** Waits until the scheduler has made a whole round. */
  async function roundIsOver(): Promise<void> {
    const { length } = await enqueued('every-second');
    await eventually(async () => (await enqueued('every-second')).length > length + 1, {
      what: 'two rounds',
    });
  }

  it('are written when they are new, and left alone when nothing changed', async () => {
    await scheduler.registry.reconcile();
    const states = () => env.rows('select name, xmin::text, next_slot_at from schedules order by name');
    const first = await states();
    // FOR UPDATE leaves the version of a row as it is.
    await scheduler.registry.reconcile();
    expect(await states()).toEqual(first);
    expect((await rowOf('sample.skip')).next_slot_at).toEqual(nextNewYear());
  });

  it('get new times when their cron or time zone changes', async () => {
    await scheduler.registry.reconcile();
    const others = declaredSchedules().filter(({ name }) => name !== 'sample.skip');
    const skip = declaredSchedules().find(({ name }) => name === 'sample.skip')!;
    await scheduler.registry.reconcile([...others, { ...skip, timeZone: 'UTC' }]);
    expect((await rowOf('sample.skip')).next_slot_at.getTime() - nextNewYear().getTime()).toBe(hour);
    await scheduler.registry.reconcile([...others, { ...skip, cron: '30 12 1 1 *' }]);
    expect((await rowOf('sample.skip')).next_slot_at.getTime() - nextNewYear().getTime()).toBe(12.5 * hour);
  });

  it('keep the slot that is due when the new cron has it too', async () => {
    await scheduler.registry.reconcile();
    const due = await missHours('sample.backfill', 0);
    const [backfill] = declaredSchedules().filter(({ name }) => name === 'sample.backfill');
    await scheduler.registry.reconcile([{ ...backfill!, cron: '* * * * *' }]);
    expect((await rowOf('sample.backfill')).next_slot_at).toEqual(due);
  });

  it('are removed with their declaration, and start afresh when it returns', async () => {
    await scheduler.registry.reconcile();
    await scheduler.registry.reconcile([everySecond]);
    expect((await rowOf('sample.backfill')).removed_at).not.toBeNull();
    await missHours('sample.backfill', 5);
    await env.rows(`update schedules set cron = $1 where name = 'sample.backfill'`, [yearly]);
    scheduler.start();
    await roundIsOver();
    expect(await rowOf('sample.backfill')).toMatchObject({
      removed_at: null,
      next_slot_at: nextNewYear(),
    });
    expect(await enqueued('backfill')).toEqual([]);
  });

  it('go on when an older release that starts again has taken them for removed', async () => {
    scheduler.start();
    await roundIsOver();
    await scheduler.registry.reconcile(declaredSchedules().filter((schedule) => schedule !== everySecond));
    await roundIsOver();
    expect((await rowOf('sample.every-second')).removed_at).toBeNull();
  });

  it('make up for what was missed as their policy says', async () => {
    scheduler.start();
    await roundIsOver();
    const after = (first: Date, hours: number) => new Date(first.getTime() + hours * hour);
    const first = await missHours('sample.run-once', 3);
    const skipped = await missHours('sample.skip', 3);
    const filled = await missHours('sample.backfill', 3);
    await roundIsOver();
    expect(await enqueued('run-once')).toEqual([first.toISOString()]);
    expect(await enqueued('skip')).toEqual([]);
    expect((await rowOf('sample.skip')).next_slot_at).toEqual(after(skipped, 4));
    expect(await enqueued('backfill')).toEqual(
      [0, 1, 2, 3].map((hours) => after(filled, hours).toISOString()),
    );
  });

  it('enqueue a slot once, even when it is due a second time', async () => {
    await scheduler.registry.reconcile();
    const due = new Date(Date.now() - 1000);
    const makeDue = () =>
      env.rows(`update schedules set next_slot_at = $1 where name = 'sample.backfill'`, [due]);
    await makeDue();
    scheduler.start();
    await eventually(async () => (await enqueued('backfill')).length === 1, { what: 'the slot is enqueued' });
    await makeDue();
    await eventually(async () => (await rowOf('sample.backfill')).next_slot_at > due, { what: 'the second' });
    expect(await enqueued('backfill')).toEqual([due.toISOString()]);
  });

  it('pass without a job while they are paused', async () => {
    await scheduler.registry.reconcile();
    await env.rows(`update schedules set paused = true, next_slot_at = now() where name = 'sample.backfill'`);
    scheduler.start();
    await eventually(async () => (await rowOf('sample.backfill')).next_slot_at > new Date(), {
      what: 'the slot has passed',
    });
    expect(await enqueued('backfill')).toEqual([]);
  });

  it('hold up no others when one of them fails, which all workers together log as late once', async () => {
    const errors: string[] = [];
    Logger.overrideLogger({ log() {}, warn() {}, error: (message: string) => errors.push(message) });
    await scheduler.registry.reconcile();
    await env.rows(
      `update schedules set next_slot_at = now() - interval '2 minutes' where name = 'sample.broken'`,
    );
    const second = await TestScheduler.create(env.config.DATABASE_URL);
    scheduler.start();
    second.start();
    await roundIsOver();
    await second.stop();
    Logger.overrideLogger(false);
    expect(errors.filter((line) => line.startsWith('sample.broken is late'))).toHaveLength(1);
    expect(errors.join('\n')).toContain('sample.broken is due and its job cannot be enqueued');
  });

  it('that passed while no worker ran are no errors', async () => {
    const lines: string[] = [];
    const keep = (message: string) => lines.push(message);
    await scheduler.registry.reconcile();
    Logger.overrideLogger({ log: keep, warn: keep, error: keep });
    // The second of them has more to make up for than fits into a round.
    await env.rows(
      `update schedules set next_slot_at = now() - interval '15 minutes' where name in ('sample.run-once', 'sample.every-second')`,
    );
    scheduler.start();
    await eventually(async () => (await rowOf('sample.every-second')).next_slot_at > new Date(), {
      what: 'everything is made up for',
    });
    Logger.overrideLogger(false);
    expect(lines).toEqual([
      'No worker ran for 15 min. Due meanwhile, and handled now: sample.every-second, sample.run-once',
    ]);
  });

  it('wait for a database that is away at the start, and go on after it was away', async () => {
    await scheduler.proxy.down();
    scheduler.start();
    expect(scheduler.heartbeat.isHealthy()).toBe(false);
    await scheduler.proxy.up();
    await eventually(async () => (await enqueued('every-second')).length > 0, { what: 'the first slot' });
    expect(scheduler.heartbeat.isHealthy()).toBe(true);
    await scheduler.proxy.down();
    const { length } = await enqueued('every-second');
    await scheduler.proxy.up();
    await eventually(async () => (await enqueued('every-second')).length > length + 1, {
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
