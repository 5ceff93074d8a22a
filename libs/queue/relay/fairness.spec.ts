import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { Principal } from '#libs/access';
import { runInContext } from '#libs/context';
import { eventually, figure, verdict } from '#libs/testing';
import { enqueueRecord, record } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { backends, TestEnvironment } from '../testing/test-environment.js';
import { partitionKeyOf } from '../outbox/partition-key.js';

const noisy = randomUUID();

/** Jobs of quiet owners, and how many are enqueued at a time. */
const quietJobs = 50;
const atOnce = 5;

/** Jobs of the noisy owner that come before one of theirs, at most: those of its partition in the queue, and those that run meanwhile. */
const mayComeFirst = 200;

/** Milliseconds that a quiet owner waits, at most. */
const shortly = 1000;

describe.each(backends)('owners on %s', (backend) => {
  let env: TestEnvironment;
  let worker: INestApplicationContext | undefined;

  beforeEach(async () => {
    env = await TestEnvironment.create(backend);
  });

  afterEach(async () => {
    await worker?.close();
    await env.close();
  });

  it('own the jobs that their jobs enqueue, so that these wait in their partition as well', async () => {
    await env.rows(
      `create table seen as select * from outbox;
       create function note() returns trigger language plpgsql as
         $$ begin insert into seen select new.*; return new; end $$;
       create trigger note after insert on outbox for each row execute function note()`,
    );
    worker = await startWorker(env.config);
    const id = await asOwner(() => env.enqueue(enqueueRecord, { label: 'of a job' }));
    await eventually(async () => (await env.count('inbox', id)) === 1, { what: 'the job is done' });
    const partitions = await env.rows<{ partition_key: string; name: string }>(
      `select name, partition_key from seen where name like 'sample.%' order by seq`,
    );
    expect(partitions).toEqual([
      { name: 'sample.enqueue-record', partition_key: expect.stringMatching(/^owner:default:/) },
      { name: 'sample.record', partition_key: partitions[0]!.partition_key },
    ]);
  });

  it('wait for a few jobs of another owner who has a hundred thousand waiting, and not for all', async () => {
    await env.rows(
      `insert into outbox (id, queue, name, version, payload, headers, partition_key)
       select gen_random_uuid(), 'default', 'sample.record', 1, '{"label":"noise"}', $1, $2 from generate_series(1, 100000)`,
      [{ owner: noisy, enqueued_at: new Date().toISOString() }, partitionKeyOf(record, { owner: noisy })],
    );
    worker = await startWorker(env.config);
    const effects = async () => (await env.rows('select 1 from effects limit 50')).length;
    await eventually(async () => (await effects()) === 50, { what: 'the noise is worked on' });
    const cameFirst: number[] = [];
    const waits: number[] = [];
    const enqueueQuietJob = async () => {
      const [latest] = await env.rows<{ number: string }>('select max(number) as number from effects');
      const start = performance.now();
      const id = await asOwner(() => env.enqueue(record, { label: 'quiet' }));
      const [effect] = await eventually(
        async () => {
          const rows = await env.rows<{ number: string }>(
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
    for (let index = 0; index < quietJobs; index += atOnce)
      await Promise.all(Array.from({ length: atOnce }, enqueueQuietJob));
    const [left] = await env.rows<{ count: string }>('select count(*) from outbox');
    expect(Number(left!.count)).toBeGreaterThan(10_000);
    expect(cameFirst.toSorted((a, b) => a - b)[quietJobs - 2] /* the worst but one */).toBeLessThan(
      mayComeFirst,
    );
    figure(`a job beside 100,000 of another owner on ${backend}`, verdict(Math.max(...waits), shortly));
  });
});

function asOwner<T>(work: () => Promise<T>): Promise<T> {
  const principal: Principal = { kind: 'user', id: randomUUID(), permissions: new Set() };
  return runInContext({ requestId: 'quiet', principal }, work);
}
