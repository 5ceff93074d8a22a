import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { newId } from '#libs/database';
import {
  countTo,
  count,
  linger,
  overrun,
  record,
  refuse,
  renamed,
  stumble,
  wither,
} from '../testing/sample-jobs.js';
import { createBackend, createQueue } from '../bullmq/queues.js';
import { backends, World } from '../testing/world.js';
import { startWorker } from '../testing/worker.js';

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

  /** Each delivery is acknowledged before the next, and the relay has no part in the second. */
  async function effectsOfTwoDeliveries(): Promise<number> {
    const connection = createBackend(world.config, 1);
    const queue = createQueue(connection, 'default');
    const isGone = async () => (await queue.getJob(id)) === undefined;
    await queue.pause();
    const id = await world.enqueue(record, { label: 'twice' });
    const first = await eventually(() => queue.getJob(id), { what: 'the first delivery' });
    await queue.resume();
    await eventually(isGone, { what: 'the first delivery is acknowledged' });
    await queue.add(first.name, first.data, { jobId: id });
    await eventually(isGone, { what: 'the second delivery is acknowledged' });
    await queue.close();
    await connection.close();
    return world.count('effects', id);
  }

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
    expect(await effectsOfTwoDeliveries()).toBe(1);
  });

  it('has two effects then when the inbox forgets: so the test before this one can fail', async () => {
    await world.rows(`
      create function forget_message() returns trigger language plpgsql as $$
        begin new.message_id = gen_random_uuid(); return new; end $$;
      create trigger forget before insert on inbox for each row execute function forget_message()`);
    try {
      expect(await effectsOfTwoDeliveries()).toBe(2);
    } finally {
      await world.rows('drop function forget_message cascade');
    }
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

  it('reads what older releases have promised', async () => {
    const ids: string[] = [];
    for (const [version, payload] of [
      [1, '"first"'],
      [2, '{"name":"second"}'],
      [3, '{"label":"third"}'],
    ]) {
      const id = newId();
      ids.push(id);
      await world.rows(
        `insert into outbox (id, queue, name, version, payload, headers)
         values ($1, 'default', $2, $3, $4, '{}')`,
        [id, renamed.name, version, payload],
      );
    }
    for (const id of ids) await eventually(isDone(id), { what: 'the job is done' });
    const effects = await world.rows('select label from effects where message_id = any($1) order by label', [
      ids,
    ]);
    expect(effects).toEqual([{ label: 'first' }, { label: 'second' }, { label: 'third' }]);
  });

  it('gives up what an older release has promised and no version of the schema fits', async () => {
    const id = newId();
    await world.rows(
      `insert into outbox (id, queue, name, version, payload, headers)
       values ($1, 'default', $2, 2, '{"nick":"x"}', '{}')`,
      [id, renamed.name],
    );
    await eventually(async () => (await world.count('dead_letters', id)) === 1, { what: 'the burial' });
    const [letter] = await world.rows('select error from dead_letters where id = $1', [id]);
    expect(letter).toMatchObject({ error: { code: 'jobs.unreadable' } });
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

  it('stops a running job that is cancelled', async () => {
    const id = await world.enqueue(linger, { label: 'cancelled' });
    await eventually(isIn(id, 'running'), { what: 'the operation runs' });
    await world.rows('update operations set cancel_requested_at = now() where id = $1', [id]);
    await eventually(isIn(id, 'cancelled'), { what: 'the operation is cancelled' });
    expect(await world.count('dead_letters', id)).toBe(0);
  });
});
