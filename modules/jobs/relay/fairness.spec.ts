import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { type Principal, runInContext } from '#libs/access';
import { eventually } from '#libs/testing';
import { delegate, record } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { backends, World } from '../testing/world.js';
import { laneOf } from './lanes.js';

const noisy = randomUUID();

/** Promises that quiet owners make, one after the other, 20 a second. */
const promises = 50;

describe.each(backends)('owners on %s', (backend) => {
  let world: World;
  let worker: INestApplicationContext | undefined;

  beforeEach(async () => {
    world = await World.create(backend);
  });

  afterEach(async () => {
    await worker?.close();
    await world.close();
  });

  it('own what their jobs promise, so that it waits in their lane as well', async () => {
    await world.rows(
      `create table promised as select * from outbox;
       create function note() returns trigger language plpgsql as
         $$ begin insert into promised select new.*; return new; end $$;
       create trigger note after insert on outbox for each row execute function note()`,
    );
    worker = await startWorker(world.config);
    const id = await asOwner(() => world.enqueue(delegate, { label: 'of a job' }));
    await eventually(async () => (await world.count('inbox', id)) === 1, { what: 'the promise' });
    const lanes = await world.rows<{ lane: string; name: string }>(
      `select name, lane from promised where name like 'sample.%' order by seq`,
    );
    expect(lanes).toEqual([
      { name: 'sample.delegate', lane: expect.stringMatching(/^owner:default:/) },
      { name: 'sample.record', lane: lanes[0]!.lane },
    ]);
  });

  it('wait less than a second, also while another has a hundred thousand jobs waiting', async () => {
    await world.rows(
      `insert into outbox (id, queue, name, version, payload, headers, lane)
       select gen_random_uuid(), 'default', 'sample.record', 1, '{"label":"noise"}', $1, $2 from generate_series(1, 100000)`,
      [{ owner: noisy, enqueued_at: new Date().toISOString() }, laneOf(record, { owner: noisy })],
    );
    worker = await startWorker(world.config);
    const effects = async () => (await world.rows('select 1 from effects limit 50')).length;
    await eventually(async () => (await effects()) === 50, { what: 'the noise is worked on' });
    const promisedAt = new Map<string, number>();
    for (let index = 0; index < promises; index += 1) {
      const id = await asOwner(() => world.enqueue(record, { label: 'quiet' }));
      promisedAt.set(id, Date.now());
      await sleep(50);
    }
    const starts = await eventually(
      async () => {
        const query = 'select message_id as id, processed_at as at from inbox where message_id = any($1)';
        const rows = await world.rows<{ id: string; at: Date }>(query, [[...promisedAt.keys()]]);
        return rows.length === promises && rows;
      },
      { what: 'the quiet jobs are done' },
    );
    // The inbox row bears the time at which its transaction began, and the clock is one: this machine's.
    const waits = starts.map(({ id, at }) => at.getTime() - promisedAt.get(id)!).sort((a, b) => a - b);
    const [left] = await world.rows<{ count: string }>('select count(*) from outbox');
    expect(Number(left!.count)).toBeGreaterThan(10_000);
    expect(waits[promises - 2] /* the worst but one */).toBeLessThan(1000);
  }, 120_000);
});

function asOwner<T>(work: () => Promise<T>): Promise<T> {
  const principal: Principal = { kind: 'user', id: randomUUID(), permissions: new Set() };
  return runInContext({ requestId: 'quiet', principal }, work);
}
