import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { newId } from '#libs/database';
import { eventually } from '#libs/testing';
import { record, failAlways } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { TestEnvironment } from '../testing/test-environment.js';
import { sweepExpired } from '../retention/retention.jobs.js';
import { FailedJobSweep } from './failed-job-sweep.js';
import type { JobQueue } from '../bullmq/job-queue.js';

/** The data of a BullMQ job; the test adds it, so that no relay has to be there. */
const data = {
  version: 1,
  headers: { enqueued_at: new Date().toISOString() },
  payload: { label: 'lost' },
};

describe('old and failed jobs', () => {
  let env: TestEnvironment;
  let queue: JobQueue;
  let worker: INestApplicationContext | undefined;

  beforeEach(async () => {
    env = await TestEnvironment.create('postgres');
    queue = await env.openQueue();
  });

  afterEach(async () => {
    await worker?.close();
    worker = undefined;
    await env.close();
  });

  /** An operation whose message is with BullMQ already. */
  async function dispatch(): Promise<string> {
    const id = await env.enqueue(failAlways, { label: 'lost' });
    await env.rows('delete from outbox where id = $1', [id]);
    await queue.add(failAlways.name, data, { jobId: id });
    return id;
  }

  it('makes a dead letter of a job that killed too many workers, although no handler could say so', async () => {
    const id = await dispatch();
    // What BullMQ writes when it finds a job stalled once too often.
    await env.rows(
      `update bullmq.job set deferred_failure = 'job stalled more than allowable limit' where id = $1`,
      [id],
    );
    worker = await startWorker(env.config);
    await eventually(async () => (await env.operation(id))?.state === 'failed', { what: 'the dead letter' });
    expect(await env.operation(id)).toMatchObject({ attempt: 0, problem: { code: 'jobs.failed' } });
    expect(await env.count('dead_letters', id)).toBe(1);
  });

  it('makes a dead letter of what BullMQ failed unseen, and removes it there', async () => {
    worker = await startWorker(env.config);
    const id = await dispatch();
    await eventually(async () => (await (await queue.getJob(id))?.getState()) === 'failed', {
      what: 'the failure',
    });
    await eventually(async () => (await env.count('dead_letters', id)) === 1, {
      what: 'the first dead letter',
    });
    await env.rows('delete from dead_letters');
    await env.rows('update bullmq.job set finished_at_ms = finished_at_ms - 120000 where id = $1', [id]);
    await worker.get(FailedJobSweep).sweep();
    expect(await env.count('dead_letters', id)).toBe(1);
    expect(await queue.getJob(id)).toBeUndefined();
  });

  it('forgets what is over thirty days old, and nothing younger', async () => {
    worker = await startWorker(env.config);
    const [young, old] = [newId(), newId()];
    for (const [id, days] of [
      [young, 29],
      [old, 31],
    ] as const) {
      const at = new Date(Date.now() - days * 86_400_000);
      await env.rows(`insert into inbox values ('sample.record', $1, $2)`, [id, at]);
      await env.rows(
        `insert into operations (id, name, state, finished_at) values ($1, 'sample.fail-always', 'failed', $2)`,
        [id, at],
      );
    }
    const done = await env.enqueue(record, { label: 'fresh' });
    await eventually(async () => (await env.count('inbox', done)) === 1, { what: 'a fresh job' });
    const swept = await env.enqueue(sweepExpired, {});
    await eventually(async () => (await env.count('inbox', swept)) === 1, { what: 'the sweep' });
    const recorded = `select message_id from inbox where consumer = 'sample.record' order by processed_at`;
    expect(await env.rows(recorded)).toEqual([{ message_id: young }, { message_id: done }]);
    expect(await env.rows('select id from operations')).toEqual([{ id: young }]);
  });
});
