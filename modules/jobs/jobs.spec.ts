import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { countTo, count, linger, overrun, record, refuse, stumble, wither } from './testing/sample-jobs.js';
import { createBackend, createQueue } from './running/queues.js';
import { type BackendName, World } from './testing/world.js';
import { startWorker } from './testing/worker.js';

const backends: BackendName[] = process.env.TEST_REDIS_URL ? ['postgres', 'redis'] : ['postgres'];

describe.each(backends)('jobs on %s', (backend) => {
  let world: World;
  let worker: INestApplicationContext;

  beforeAll(async () => {
    world = await World.create(backend);
    worker = await startWorker(world.config);
  });

  afterAll(async () => {
    await worker?.close();
    await world?.close();
  });

  const isDone = (id: string) => async () => (await world.count('inbox', id)) === 1;
  const isIn = (id: string, state: string) => async () => (await world.operation(id))?.state === state;

  it('does a job once after the transaction that promised it', async () => {
    const id = await world.enqueue(record, { label: 'once' });
    await eventually(isDone(id), { what: 'the job is done' });
    expect(await world.count('effects', id)).toBe(1);
  });

  it('does nothing of what a rolled back transaction promised', async () => {
    let undone = '';
    const work = world.db.transaction(async () => {
      undone = world.promise(record, { label: 'undone' }).id;
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    const later = await world.enqueue(record, { label: 'later' });
    await eventually(isDone(later), { what: 'a later job is done' });
    expect(await world.count('effects', undone)).toBe(0);
    expect(await world.rows('select 1 from outbox where id = $1', [undone])).toHaveLength(0);
  });

  it('has one effect when the same message is delivered twice', async () => {
    const id = await world.enqueue(record, { label: 'twice' });
    await eventually(isDone(id), { what: 'the job is done' });
    const connection = createBackend(world.config, 1);
    const queue = createQueue(connection, 'default');
    const first = await queue.getJob(id);
    await eventually(async () => (await first!.getState()) === 'completed', {
      what: 'the first delivery is acknowledged',
    });
    await first!.remove();
    const second = await queue.add(first!.name, first!.data, { jobId: id });
    await eventually(async () => (await second.getState()) === 'completed', {
      what: 'the second delivery is acknowledged',
    });
    await queue.close();
    await connection.close();
    expect(await world.count('effects', id)).toBe(1);
  });

  it('tries again after a bug, and keeps nothing of the runs that failed', async () => {
    const id = await world.enqueue(stumble, { label: 'third time lucky' });
    await eventually(isDone(id), { what: 'the third run succeeds' });
    expect(await world.count('effects', id)).toBe(1);
    expect(await world.count('dead_letters', id)).toBe(0);
  });

  it('gives up at once when another try would end the same', async () => {
    const id = await world.enqueue(refuse, { label: 'taken' });
    await eventually(isIn(id, 'failed'), { what: 'the operation failed' });
    expect(await world.operation(id)).toMatchObject({
      attempt: 1,
      problem: { code: 'sample.label-taken', status: 409 },
    });
    expect(await world.count('effects', id)).toBe(0);
  });

  it('keeps what failed too often, and tells the client no more than that', async () => {
    const id = await world.enqueue(wither, { label: 'withered' });
    await eventually(isIn(id, 'failed'), { what: 'the operation failed' });
    const { problem, attempt } = (await world.operation(id))!;
    expect(attempt).toBe(2);
    expect(problem).toMatchObject({ code: 'jobs.failed', status: 500, instance: `/v1/jobs/${id}` });
    expect(JSON.stringify(problem)).not.toContain('secret reason');
    const [letter] = await world.rows('select name, payload, attempts from dead_letters where id = $1', [id]);
    expect(letter).toEqual({ name: 'sample.wither', payload: { label: 'withered' }, attempts: 2 });
  });

  it('does an operation in steps, each with its progress, and leaves the result', async () => {
    const id = await world.enqueue(count, { label: 'steps' });
    await eventually(async () => ((await world.operation(id))?.done ?? 0) > 0, {
      what: 'some progress is seen',
    });
    await eventually(isIn(id, 'succeeded'), { what: 'the operation succeeded' });
    expect(await world.operation(id)).toMatchObject({
      done: countTo,
      total: countTo,
      result: { counted: countTo },
    });
    expect(await world.count('effects', id)).toBe(countTo);
  });

  it('stops a run at its time limit', async () => {
    const id = await world.enqueue(overrun, { label: 'too long' });
    await eventually(isIn(id, 'failed'), { what: 'the operation failed' });
    expect((await world.operation(id))?.problem).toMatchObject({ code: 'jobs.timed-out' });
  });

  it('stops a running job within two seconds of its cancellation', async () => {
    const id = await world.enqueue(linger, { label: 'cancelled' });
    await eventually(isIn(id, 'running'), { what: 'the operation runs' });
    await world.rows('update operations set cancel_requested_at = now() where id = $1', [id]);
    await eventually(isIn(id, 'cancelled'), { what: 'the operation is cancelled', withinMs: 2000 });
    expect(await world.count('dead_letters', id)).toBe(0);
  });
});
