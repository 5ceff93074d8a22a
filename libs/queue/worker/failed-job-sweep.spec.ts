import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { newId } from '#libs/database';
import { eventually } from '#libs/testing';
import { record, wither } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { World } from '../testing/world.js';
import type { QueueBackend } from '../bullmq/queue-backend.js';
import { sweepExpired } from '../retention/retention-sweep.js';
import { FailedJobSweep } from './failed-job-sweep.js';
import { createBackend, createQueue, type JobQueue } from '../bullmq/queues.js';

/** What a BullMQ job of an operation looks like; handed over by the test, so that no worker has to be there. */
const envelope = {
  version: 1,
  headers: { enqueued_at: new Date().toISOString() },
  payload: { label: 'lost' },
};

describe('what becomes of old and of dead jobs', () => {
  let world: World;
  let backend: QueueBackend;
  let queue: JobQueue;
  let worker: INestApplicationContext | undefined;

  beforeEach(async () => {
    world = await World.create('postgres');
    backend = createBackend(world.config, 1);
    queue = createQueue(backend, 'default');
  });

  afterEach(async () => {
    await worker?.close();
    worker = undefined;
    await queue.close();
    await backend.close();
    await world.close();
  });

  /** An operation whose message is with BullMQ already. */
  async function handOver(): Promise<string> {
    const id = await world.enqueue(wither, { label: 'lost' });
    await world.rows('delete from outbox where id = $1', [id]);
    await queue.add(wither.name, envelope, { jobId: id });
    return id;
  }

  it('buries a job that killed too many workers, although no handler could say so', async () => {
    const id = await handOver();
    // What BullMQ writes when it finds a job stalled once too often.
    await world.rows(
      `update bullmq.job set deferred_failure = 'job stalled more than allowable limit' where id = $1`,
      [id],
    );
    worker = await startWorker(world.config);
    await eventually(async () => (await world.operation(id))?.state === 'failed', { what: 'the burial' });
    expect(await world.operation(id)).toMatchObject({ attempt: 0, problem: { code: 'jobs.failed' } });
    expect(await world.count('dead_letters', id)).toBe(1);
  });

  it('buries what BullMQ failed while nobody listened, and removes it there', async () => {
    worker = await startWorker(world.config);
    const id = await handOver();
    await eventually(async () => (await (await queue.getJob(id))?.getState()) === 'failed', {
      what: 'the failure',
    });
    await eventually(async () => (await world.count('dead_letters', id)) === 1, { what: 'the first burial' });
    await world.rows('delete from dead_letters');
    await world.rows('update bullmq.job set finished_at_ms = finished_at_ms - 120000 where id = $1', [id]);
    await worker.get(FailedJobSweep).keep([queue]);
    expect(await world.count('dead_letters', id)).toBe(1);
    expect(await queue.getJob(id)).toBeUndefined();
  });

  it('forgets what is over thirty days old, and nothing younger', async () => {
    worker = await startWorker(world.config);
    const [young, old] = [newId(), newId()];
    for (const [id, days] of [
      [young, 29],
      [old, 31],
    ] as const) {
      const at = new Date(Date.now() - days * 86_400_000);
      await world.rows(`insert into inbox values ('sample.record', $1, $2)`, [id, at]);
      await world.rows(
        `insert into operations (id, name, state, finished_at) values ($1, 'sample.wither', 'failed', $2)`,
        [id, at],
      );
    }
    const done = await world.enqueue(record, { label: 'fresh' });
    await eventually(async () => (await world.count('inbox', done)) === 1, { what: 'a fresh job' });
    const swept = await world.enqueue(sweepExpired, {});
    await eventually(async () => (await world.count('inbox', swept)) === 1, { what: 'the sweep' });
    const recorded = `select message_id from inbox where consumer = 'sample.record' order by processed_at`;
    expect(await world.rows(recorded)).toEqual([{ message_id: young }, { message_id: done }]);
    expect(await world.rows('select id from operations')).toEqual([{ id: young }]);
  });
});
