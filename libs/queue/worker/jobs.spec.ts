import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { newId } from '#libs/database';
import {
  countTo,
  count,
  waitForAbort,
  exceedTimeout,
  record,
  failWithProblem,
  recordUpcast,
  failTwice,
  failAlways,
} from '../testing/sample-jobs.js';
import { backends, TestEnvironment } from '../testing/test-environment.js';
import { startWorker } from '../testing/worker.js';

describe.each(backends)('jobs on %s', (backend) => {
  let env: TestEnvironment;
  let worker: INestApplicationContext;

  beforeAll(async () => {
    env = await TestEnvironment.create(backend);
    worker = await startWorker(env.config);
  });

  afterAll(async () => {
    await worker?.close();
    await env?.close();
  });

  const isDone = (id: string) => async () => (await env.count('inbox', id)) === 1;
  const isIn = (id: string, state: string) => async () => (await env.operation(id))?.state === state;

  /** Each delivery is acknowledged before the next, and the relay has no part in the second. */
  async function effectsOfTwoDeliveries(): Promise<number> {
    const queue = await env.openQueue();
    const isGone = async () => (await queue.getJob(id)) === undefined;
    await queue.pause();
    const id = await env.enqueue(record, { label: 'twice' });
    const first = await eventually(() => queue.getJob(id), { what: 'the first delivery' });
    await queue.resume();
    await eventually(isGone, { what: 'the first delivery is acknowledged' });
    await queue.add(first.name, first.data, { jobId: id });
    await eventually(isGone, { what: 'the second delivery is acknowledged' });
    return env.count('effects', id);
  }

  it('does a job once after the transaction that enqueued it', async () => {
    const id = await env.enqueue(record, { label: 'once' });
    await eventually(isDone(id), { what: 'the job is done' });
    expect(await env.count('effects', id)).toBe(1);
  });

  it('does nothing of what a rolled back transaction enqueued', async () => {
    let undone = '';
    const work = env.db.transaction(async () => {
      undone = env.enqueueInTransaction(record, { label: 'undone' }).id;
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    const later = await env.enqueue(record, { label: 'later' });
    await eventually(isDone(later), { what: 'a later job is done' });
    expect(await env.count('effects', undone)).toBe(0);
    expect(await env.rows('select 1 from outbox where id = $1', [undone])).toHaveLength(0);
  });

  it('has one effect when the same message is delivered twice', async () => {
    expect(await effectsOfTwoDeliveries()).toBe(1);
  });

  it('has two effects then when the inbox forgets: so the test before this one can fail', async () => {
    await env.rows(`
      create function forget_message() returns trigger language plpgsql as $$
        begin new.message_id = gen_random_uuid(); return new; end $$;
      create trigger forget before insert on inbox for each row execute function forget_message()`);
    try {
      expect(await effectsOfTwoDeliveries()).toBe(2);
    } finally {
      await env.rows('drop function forget_message cascade');
    }
  });

  it('tries again after a bug, and keeps nothing of the attempts that failed', async () => {
    const id = await env.enqueue(failTwice, { label: 'third time lucky' });
    await eventually(isDone(id), { what: 'the third attempt succeeds' });
    expect(await env.count('effects', id)).toBe(1);
    expect(await env.count('dead_letters', id)).toBe(0);
  });

  it('fails for good at once when another attempt would end the same', async () => {
    const id = await env.enqueue(failWithProblem, { label: 'taken' });
    await eventually(isIn(id, 'failed'), { what: 'the operation failed' });
    expect(await env.operation(id)).toMatchObject({
      attempt: 1,
      problem: { code: 'sample.label-taken', status: 409 },
    });
    expect(await env.count('effects', id)).toBe(0);
  });

  it('keeps what failed too often, and tells the client no more than that', async () => {
    const id = await env.enqueue(failAlways, { label: 'failed' });
    await eventually(isIn(id, 'failed'), { what: 'the operation failed' });
    const { problem, attempt } = (await env.operation(id))!;
    expect(attempt).toBe(2);
    expect(problem).toMatchObject({ code: 'jobs.failed', status: 500, instance: `/v1/jobs/${id}` });
    expect(JSON.stringify(problem)).not.toContain('secret reason');
    const [deadLetter] = await env.rows('select name, payload, attempts from dead_letters where id = $1', [
      id,
    ]);
    expect(deadLetter).toEqual({ name: 'sample.fail-always', payload: { label: 'failed' }, attempts: 2 });
  });

  it('reads what older releases have enqueued', async () => {
    const ids: string[] = [];
    for (const [version, payload] of [
      [1, '"first"'],
      [2, '{"name":"second"}'],
      [3, '{"label":"third"}'],
    ]) {
      const id = newId();
      ids.push(id);
      await env.rows(
        `insert into outbox (id, queue, name, version, payload, headers)
         values ($1, 'default', $2, $3, $4, '{}')`,
        [id, recordUpcast.name, version, payload],
      );
    }
    for (const id of ids) await eventually(isDone(id), { what: 'the job is done' });
    const effects = await env.rows('select label from effects where message_id = any($1) order by label', [
      ids,
    ]);
    expect(effects).toEqual([{ label: 'first' }, { label: 'second' }, { label: 'third' }]);
  });

  it('fails what an older release has enqueued and no version of the schema fits', async () => {
    const id = newId();
    await env.rows(
      `insert into outbox (id, queue, name, version, payload, headers)
       values ($1, 'default', $2, 2, '{"nick":"x"}', '{}')`,
      [id, recordUpcast.name],
    );
    await eventually(async () => (await env.count('dead_letters', id)) === 1, { what: 'the dead letter' });
    const [deadLetter] = await env.rows('select error from dead_letters where id = $1', [id]);
    expect(deadLetter).toMatchObject({ error: { code: 'jobs.unreadable' } });
  });

  it('does an operation in steps, each with its progress, and leaves the result', async () => {
    const id = await env.enqueue(count, { label: 'steps' });
    await eventually(async () => ((await env.operation(id))?.done ?? 0) > 0, {
      what: 'some progress is seen',
    });
    await eventually(isIn(id, 'succeeded'), { what: 'the operation succeeded' });
    expect(await env.operation(id)).toMatchObject({
      done: countTo,
      total: countTo,
      result: { counted: countTo },
    });
    expect(await env.count('effects', id)).toBe(countTo);
  });

  it('stops an attempt at its time limit', async () => {
    const id = await env.enqueue(exceedTimeout, { label: 'too long' });
    await eventually(isIn(id, 'failed'), { what: 'the operation failed' });
    expect((await env.operation(id))?.problem).toMatchObject({ code: 'jobs.timed-out' });
  });

  it('stops a running job within two seconds of its cancellation', async () => {
    const id = await env.enqueue(waitForAbort, { label: 'cancelled' });
    await eventually(isIn(id, 'running'), { what: 'the operation runs' });
    await env.rows('update operations set cancel_requested_at = now() where id = $1', [id]);
    await eventually(isIn(id, 'cancelled'), { what: 'the operation is cancelled' });
    expect(await env.count('dead_letters', id)).toBe(0);
  });
});
