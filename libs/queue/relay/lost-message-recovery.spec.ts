import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { eventually } from '#libs/testing';
import type { QueueBackend } from '../bullmq/queue-backend.js';
import { createBackend, createQueue, type JobQueue } from '../bullmq/queues.js';
import { record, stumble } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { backends, World } from '../testing/world.js';
import { takeBatch } from './outbox-batch.js';

describe.each(backends)('messages on %s', (backendName) => {
  let world: World;
  let backend: QueueBackend;
  let queue: JobQueue;
  let worker: INestApplicationContext | undefined;

  beforeEach(async () => {
    world = await World.create(backendName);
    backend = createBackend(world.config, 1);
    await backend.check();
    queue = createQueue(backend, 'default');
  });

  afterEach(async () => {
    await worker?.close();
    worker = undefined;
    await queue.close();
    await backend.close();
    await world.close();
  });

  /** Of the test's own messages: schedules promise theirs whenever a minute begins. */
  const rowsOf = async (table: 'inbox' | 'outbox' | 'dispatched_messages' | 'effects') => {
    const ours =
      { inbox: `consumer like 'sample.%'`, effects: 'true' }[table as string] ?? `name like 'sample.%'`;
    return (await world.rows(`select 1 from ${table} where ${ours}`)).length;
  };

  /** As if the doubt about them were due. */
  const doubtAll = () => world.rows(`update dispatched_messages set seen_at = seen_at - interval '1 minute'`);

  async function enqueueMany(count: number): Promise<string[]> {
    return world.db.transaction(async () =>
      Array.from({ length: count }, () => world.promise(record, { label: 'lost' }).id),
    );
  }

  it('that their queue has lost are handed over again, and those that are done are not', async () => {
    worker = await startWorker(world.config);
    await enqueueMany(20);
    await eventually(async () => (await rowsOf('inbox')) === 20, { what: 'the first are done' });
    await queue.pause();
    await enqueueMany(450);
    await eventually(async () => (await rowsOf('dispatched_messages')) === 450, {
      what: 'the queue has the others',
    });
    expect(await rowsOf('outbox')).toBe(0);

    await world.loseQueue();
    await queue.resume();
    await doubtAll();
    await eventually(async () => (await rowsOf('inbox')) === 470, {
      what: 'all are done',
    });
    expect(await rowsOf('effects')).toBe(470);
    expect(await rowsOf('dispatched_messages')).toBe(0);
  });

  it('that a relay took before it was killed reach their queue', async () => {
    const ids = await enqueueMany(30);
    expect(await takeBatch(world.db, ['default'], [])).toHaveLength(30);
    await doubtAll();
    worker = await startWorker(world.config);
    await eventually(async () => (await rowsOf('effects')) === ids.length, {
      what: 'all are done',
    });
  });

  it('that are still with their queue are left there', async () => {
    worker = await startWorker(world.config);
    const id = await world.enqueue(stumble, { label: 'waits for its next try' });
    await queue.pause();
    await eventually(async () => (await rowsOf('dispatched_messages')) === 1, { what: 'the queue has it' });
    await doubtAll();
    const [row] = await world.rows<{ seen_at: Date }>('select seen_at from dispatched_messages');
    await eventually(
      async () =>
        (await world.rows('select 1 from dispatched_messages where seen_at > $1', [row!.seen_at])).length ===
        1,
      { what: 'it was looked for' },
    );
    expect(await rowsOf('outbox')).toBe(0);
    await queue.resume();
    await eventually(async () => (await world.count('inbox', id)) === 1, { what: 'it is done' });
    expect(await world.count('effects', id)).toBe(1);
  });

  it('that were done while their hand-over was repeated are dropped', async () => {
    worker = await startWorker(world.config);
    const id = await world.enqueue(record, { label: 'done' });
    await eventually(async () => (await world.count('inbox', id)) === 1, { what: 'it is done' });
    await world.rows(
      `insert into outbox (id, queue, name, version, payload, headers)
       values ($1, 'default', 'sample.record', 1, '{"label":"done"}', '{}')`,
      [id],
    );
    await eventually(async () => (await rowsOf('outbox')) === 0, { what: 'the relay took it' });
    expect(await rowsOf('dispatched_messages')).toBe(0);
    expect(await world.count('effects', id)).toBe(1);
  });
});
