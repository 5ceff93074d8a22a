import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { type Principal } from '#libs/access';
import { runInContext } from '#libs/context';
import { eventually } from '#libs/testing';
import { enqueueRecord, record } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { backends, TestEnvironment } from '../testing/test-environment.js';
import { partitionKeyOf } from '../outbox/partition-key.js';

const noisy = randomUUID();

/** Jobs that quiet owners enqueue, one after the other, 20 a second. */
const quietJobs = 50;

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

  it('wait less than a second, also while another has a hundred thousand jobs waiting', async () => {
    await env.rows(
      `insert into outbox (id, queue, name, version, payload, headers, partition_key)
       select gen_random_uuid(), 'default', 'sample.record', 1, '{"label":"noise"}', $1, $2 from generate_series(1, 100000)`,
      [{ owner: noisy, enqueued_at: new Date().toISOString() }, partitionKeyOf(record, { owner: noisy })],
    );
    worker = await startWorker(env.config);
    const effects = async () => (await env.rows('select 1 from effects limit 50')).length;
    await eventually(async () => (await effects()) === 50, { what: 'the noise is worked on' });
    const enqueuedAt = new Map<string, number>();
    for (let index = 0; index < quietJobs; index += 1) {
      const id = await asOwner(() => env.enqueue(record, { label: 'quiet' }));
      enqueuedAt.set(id, Date.now());
      await sleep(50);
    }
    const starts = await eventually(
      async () => {
        const query = 'select message_id as id, processed_at as at from inbox where message_id = any($1)';
        const rows = await env.rows<{ id: string; at: Date }>(query, [[...enqueuedAt.keys()]]);
        return rows.length === quietJobs && rows;
      },
      { what: 'the quiet jobs are done' },
    );
    // The inbox row bears the time at which its transaction began, and the clock is one: this machine's.
    const waits = starts.map(({ id, at }) => at.getTime() - enqueuedAt.get(id)!).sort((a, b) => a - b);
    const [left] = await env.rows<{ count: string }>('select count(*) from outbox');
    expect(Number(left!.count)).toBeGreaterThan(10_000);
    expect(waits[quietJobs - 2] /* the worst but one */).toBeLessThan(1000);
  }, 120_000);
});

function asOwner<T>(work: () => Promise<T>): Promise<T> {
  const principal: Principal = { kind: 'user', id: randomUUID(), permissions: new Set() };
  return runInContext({ requestId: 'quiet', principal }, work);
}
