import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { eventually } from '#libs/testing';
import type { JobQueue } from '../bullmq/job-queue.js';
import { record, failTwice } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { backends, TestEnvironment } from '../testing/test-environment.js';
import { takeBatch } from './outbox-batch.js';

describe.each(backends)('messages on %s', (backendName) => {
  let env: TestEnvironment;
  let queue: JobQueue;
  let worker: INestApplicationContext | undefined;

  beforeEach(async () => {
    env = await TestEnvironment.create(backendName);
    queue = await env.openQueue();
  });

  afterEach(async () => {
    await worker?.close();
    worker = undefined;
    await env.close();
  });

  /** The rows of the test's own messages: schedules enqueue theirs whenever a minute begins. */
  const rowsOf = async (table: 'inbox' | 'outbox' | 'dispatched_messages' | 'effects') => {
    const ours =
      { inbox: `consumer like 'sample.%'`, effects: 'true' }[table as string] ?? `name like 'sample.%'`;
    return (await env.rows(`select 1 from ${table} where ${ours}`)).length;
  };

  /** Makes the recovery ask for all of them in its next round. */
  const makeAllSuspect = () =>
    env.rows(`update dispatched_messages set seen_at = seen_at - interval '1 minute'`);

  async function enqueueMany(count: number): Promise<string[]> {
    return env.db.transaction(async () =>
      Array.from({ length: count }, () => env.enqueueInTransaction(record, { label: 'lost' }).id),
    );
  }

  it('that their queue has lost are dispatched again, and those that are done are not', async () => {
    worker = await startWorker(env.config);
    await enqueueMany(20);
    await eventually(async () => (await rowsOf('inbox')) === 20, { what: 'the first are done' });
    await queue.pause();
    await enqueueMany(450);
    await eventually(async () => (await rowsOf('dispatched_messages')) === 450, {
      what: 'the queue has the others',
    });
    expect(await rowsOf('outbox')).toBe(0);

    await env.loseQueue();
    await queue.resume();
    await makeAllSuspect();
    await eventually(async () => (await rowsOf('inbox')) === 470, {
      what: 'all are done',
    });
    expect(await rowsOf('effects')).toBe(470);
    expect(await rowsOf('dispatched_messages')).toBe(0);
  });

  it('that a relay took before it was killed reach their queue', async () => {
    const ids = await enqueueMany(30);
    expect(await takeBatch(env.db, ['default'], [])).toHaveLength(30);
    await makeAllSuspect();
    worker = await startWorker(env.config);
    await eventually(async () => (await rowsOf('effects')) === ids.length, {
      what: 'all are done',
    });
  });

  it('that are still with their queue are left there', async () => {
    worker = await startWorker(env.config);
    const id = await env.enqueue(failTwice, { label: 'waits for its next attempt' });
    await queue.pause();
    await eventually(async () => (await rowsOf('dispatched_messages')) === 1, { what: 'the queue has it' });
    await makeAllSuspect();
    const [row] = await env.rows<{ seen_at: Date }>('select seen_at from dispatched_messages');
    await eventually(
      async () =>
        (await env.rows('select 1 from dispatched_messages where seen_at > $1', [row!.seen_at])).length === 1,
      { what: 'the queue was asked for it' },
    );
    expect(await rowsOf('outbox')).toBe(0);
    await queue.resume();
    await eventually(async () => (await env.count('inbox', id)) === 1, { what: 'it is done' });
    expect(await env.count('effects', id)).toBe(1);
  });

  it('that were done while they were dispatched again are dropped', async () => {
    worker = await startWorker(env.config);
    const id = await env.enqueue(record, { label: 'done' });
    await eventually(async () => (await env.count('inbox', id)) === 1, { what: 'it is done' });
    await env.rows(
      `insert into outbox (id, queue, name, version, payload, headers)
       values ($1, 'default', 'sample.record', 1, '{"label":"done"}', '{}')`,
      [id],
    );
    await eventually(async () => (await rowsOf('outbox')) === 0, { what: 'the relay took it' });
    expect(await rowsOf('dispatched_messages')).toBe(0);
    expect(await env.count('effects', id)).toBe(1);
  });
});
