import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eventually } from '#libs/testing';
import '../testing/sample-schedules.js';
import { TestScheduler } from '../testing/test-scheduler.js';
import { everySecondOf, slotsIn } from '../testing/slots.js';
import { TestEnvironment } from '../testing/test-environment.js';

Logger.overrideLogger(false);

/** test/faults has fifty, of whole workers. */
const restarts = 20;

let env: TestEnvironment;
let running: TestScheduler[];

beforeEach(async () => {
  env = await TestEnvironment.create('postgres');
  running = await Promise.all(Array.from({ length: 8 }, start));
});

afterEach(async () => {
  await Promise.all(running.map((scheduler) => scheduler.stop()));
  await env.close();
});

async function start(): Promise<TestScheduler> {
  return (await TestScheduler.create(env.config.DATABASE_URL)).start();
}

it('Eight schedulers that are cut off at any moment and started again enqueue each slot once and miss none', async () => {
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
});
