import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { Principal } from '#libs/access';
import { runInContext } from '#libs/context';
import { eventually, figure, verdict } from '#libs/testing';
import { delegate, record } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { backends, World } from '../testing/world.js';
import { partitionKeyOf } from '../outbox/partitions.js';

const noisy = randomUUID();

/** Jobs of quiet owners, and how many are on their way at a time. */
const promises = 50;
const atOnce = 5;

/** Jobs of the noisy owner that come before one of theirs, at most: a lane's share of the queue, and what runs meanwhile. */
const mayComeFirst = 200;

/** Milliseconds that a quiet owner waits, at most. */
const shortly = 1000;

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

  it('own what their jobs promise, so that it waits in their partition as well', async () => {
    await world.rows(
      `create table promised as select * from outbox;
       create function note() returns trigger language plpgsql as
         $$ begin insert into promised select new.*; return new; end $$;
       create trigger note after insert on outbox for each row execute function note()`,
    );
    worker = await startWorker(world.config);
    const id = await asOwner(() => world.enqueue(delegate, { label: 'of a job' }));
    await eventually(async () => (await world.count('inbox', id)) === 1, { what: 'the promise' });
    const partitions = await world.rows<{ partition_key: string; name: string }>(
      `select name, partition_key from promised where name like 'sample.%' order by seq`,
    );
    expect(partitions).toEqual([
      { name: 'sample.delegate', partition_key: expect.stringMatching(/^owner:default:/) },
      { name: 'sample.record', partition_key: partitions[0]!.partition_key },
    ]);
  });

  it('wait for a few jobs of another who has a hundred thousand waiting, and not for all', async () => {
    await world.rows(
      `insert into outbox (id, queue, name, version, payload, headers, partition_key)
       select gen_random_uuid(), 'default', 'sample.record', 1, '{"label":"noise"}', $1, $2 from generate_series(1, 100000)`,
      [{ owner: noisy, enqueued_at: new Date().toISOString() }, partitionKeyOf(record, { owner: noisy })],
    );
    worker = await startWorker(world.config);
    const effects = async () => (await world.rows('select 1 from effects limit 50')).length;
    await eventually(async () => (await effects()) === 50, { what: 'the noise is worked on' });
    const cameFirst: number[] = [];
    const waits: number[] = [];
    const beQuiet = async () => {
      const [latest] = await world.rows<{ number: string }>('select max(number) as number from effects');
      const start = performance.now();
      const id = await asOwner(() => world.enqueue(record, { label: 'quiet' }));
      const [effect] = await eventually(
        async () => {
          const rows = await world.rows<{ number: string }>(
            'select number from effects where message_id = $1',
            [id],
          );
          return rows.length > 0 && rows;
        },
        { what: 'a quiet job' },
      );
      waits.push(performance.now() - start);
      cameFirst.push(Number(effect!.number) - Number(latest!.number));
    };
    for (let index = 0; index < promises; index += atOnce)
      await Promise.all(Array.from({ length: atOnce }, beQuiet));
    const [left] = await world.rows<{ count: string }>('select count(*) from outbox');
    expect(Number(left!.count)).toBeGreaterThan(10_000);
    expect(cameFirst.toSorted((a, b) => a - b)[promises - 2] /* the worst but one */).toBeLessThan(
      mayComeFirst,
    );
    figure(`a job beside 100,000 of another owner on ${backend}`, verdict(Math.max(...waits), shortly));
  });
});

function asOwner<T>(work: () => Promise<T>): Promise<T> {
  const principal: Principal = { kind: 'user', id: randomUUID(), permissions: new Set() };
  return runInContext({ requestId: 'quiet', principal }, work);
}
