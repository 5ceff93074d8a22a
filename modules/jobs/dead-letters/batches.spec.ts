import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { newId } from '#libs/database';
import { eventually } from '#libs/testing';
import {
  backends,
  failWhileBroken,
  failWhileBrokenInSteps,
  startWorker,
  TestEnvironment,
} from '#libs/queue/testing';
import { JobsWorkerModule } from '../index.js';
import { startApi } from '../testing/api.js';
import { StatedOwnersModule } from '../testing/owners.js';

const operator = randomUUID();

describe.each(backends)('dead letters are redriven on %s', (backend) => {
  let env: TestEnvironment;
  let worker: INestApplicationContext;
  let api: NestFastifyApplication;
  let origin: string;

  beforeAll(async () => {
    env = await TestEnvironment.create(backend);
    await env.rows('create table fixes (at timestamptz)');
    worker = await startWorker(env.config, { imports: [JobsWorkerModule, StatedOwnersModule] });
    api = await startApi(env.config);
    origin = await api.getUrl();
  });

  afterAll(async () => {
    await api?.close();
    await worker?.close();
    await env?.close();
  });

  beforeEach(() => env.rows('truncate fixes, dead_letters, effects'));

  function call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
    return fetch(`${origin}/v1/${path}`, {
      method,
      headers: {
        'x-user': operator,
        'x-may': 'jobs:read,jobs:write',
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  const dies = (id: string) =>
    eventually(async () => (await env.count('dead_letters', id)) === 1, { what: 'the job dies' });
  const fix = () => env.rows('insert into fixes values (now())');

  /** The result of the operation that does this to all of them. */
  async function complete(noun: 'redrives' | 'discards', order: object) {
    const answer = await call('POST', `dead-letters/${noun}`, order);
    expect(answer.status).toBe(202);
    const { id } = (await answer.json()) as { id: string };
    expect(answer.headers.get('location')).toBe(`/v1/jobs/${id}`);
    const operation = await eventually(
      async () => {
        const row = await env.operation(id);
        return row?.state === 'succeeded' ? row : undefined;
      },
      { what: 'the job ends' },
    );
    return operation.result as object;
  }

  const redrive = (filter: object, more: object = {}) =>
    complete('redrives', { filter, reason: 'Fixed now.', ...more });

  it('with the same data under a new message id, and then have their effect once', async () => {
    const id = await env.enqueue(failWhileBroken, { label: 'again', isBroken: true });
    await dies(id);
    await fix();
    expect(await redrive({ ids: [id] })).toEqual({ redriven: 1, skipped: 0 });
    await eventually(async () => (await env.count('effects', id)) === 1, { what: 'the effect' });
    expect(await env.count('dead_letters', id)).toBe(0);
    const [row] = await env.rows<{ n: number }>(
      `select count(*)::int as n from inbox where consumer = 'breakable.run' and message_id <> $1`,
      [id],
    );
    expect(row!.n).toBeGreaterThan(0);
  });

  it('and die again as dead letters that name the first message', async () => {
    const id = await env.enqueue(failWhileBroken, { label: 'hopeless', isBroken: true });
    await dies(id);
    for (const round of [1, 2]) {
      const [before] = await env.rows<{ id: string }>('select id from dead_letters');
      await redrive({ name: 'breakable.run' });
      const deadLetter = await eventually(
        async () =>
          (await env.rows<{ id: string }>('select * from dead_letters where id <> $1', [before!.id]))[0],
        { what: `death number ${round + 1}` },
      );
      expect(deadLetter).toMatchObject({ headers: { redriven_from: id }, payload: { label: 'hopeless' } });
    }
    expect(await env.count('effects', id)).toBe(0);
  });

  it('so that the client sees the same operation go on where it ended', async () => {
    const id = await env.enqueue(failWhileBrokenInSteps, { label: 'same id', isBroken: true });
    await dies(id);
    expect(await env.operation(id)).toMatchObject({ state: 'failed', done: 1 });
    await fix();
    await redrive({ ids: [id] });
    await eventually(async () => (await env.operation(id))?.state === 'succeeded', { what: 'success' });
    expect(await env.operation(id)).toMatchObject({
      attempt: 2,
      done: 2,
      problem: null,
      result: { label: 'same id' },
    });
    expect(await env.count('effects', id)).toBe(2); // The first step was not repeated.
  });

  it('with the payload that an operator edited, from the beginning', async () => {
    const id = await env.enqueue(failWhileBrokenInSteps, { label: 'wrong', isBroken: true, token: 'hidden' });
    await dies(id);
    const path = `dead-letters/${id}`;
    const read = await call('GET', path);
    const { payload } = (await read.json()) as { payload: object };
    expect(payload).toEqual({ label: 'wrong', isBroken: true, token: '[redacted]' });
    const change = {
      payload: { ...payload, label: 'right', isBroken: false },
      reason: 'The label was wrong.',
    };
    const edited = await call('PATCH', path, change, { 'if-match': read.headers.get('etag')! });
    expect([edited.status, edited.headers.get('etag')]).toEqual([200, '"v2"']);
    expect(await env.rows('select payload from dead_letters where id = $1', [id])).toEqual([
      { payload: { label: 'right', isBroken: false, token: 'hidden' } },
    ]);
    await redrive({ ids: [id] });
    await eventually(async () => (await env.operation(id))?.state === 'succeeded', { what: 'success' });
    expect(await env.rows('select label from effects order by label')).toEqual([
      { label: 'right' },
      { label: 'right' },
      { label: 'wrong' }, // The step that was committed before the job died.
    ]);
  });

  it('with a payload of an older version, which an edit makes newer first', async () => {
    const id = newId();
    await env.rows(
      `insert into dead_letters (id, queue, name, payload_version, payload, headers, error, attempts)
       values ($1, 'default', 'sample.record-upcast', 1, '"old"', $2, '{"code":"a.b","detail":""}', 1)`,
      [id, { enqueued_at: new Date().toISOString() }],
    );
    const change = { payload: {}, reason: 'To see what it becomes.' };
    const edited = await call('PATCH', `dead-letters/${id}`, change, { 'if-match': '"v1"' });
    expect(edited.status).toBe(200);
    expect(await env.rows('select payload, payload_version from dead_letters where id = $1', [id])).toEqual([
      { payload: { label: 'old' }, payload_version: 3 },
    ]);
  });

  it('in the partition of their ordering key', async () => {
    const id = await env.enqueue(
      failWhileBroken,
      { label: 'in order', isBroken: true },
      { orderingKey: 'one by one' },
    );
    await dies(id);
    await env.rows(`insert into queue_controls (name, state) values ('default', 'paused')`);
    await redrive({ ids: [id] });
    const waiting = await env.rows(`select partition_key from outbox where name = 'breakable.run'`);
    expect(waiting).toEqual([{ partition_key: 'key:one by one' }]);
    await env.rows('truncate queue_controls');
    await eventually(async () => (await env.rows('select 1 from dead_letters')).length === 1, {
      what: 'it dies again',
    });
  });

  it('but not when the job was done after all, or its operation cancelled', async () => {
    const done = await env.enqueue(failWhileBroken, { label: 'done', isBroken: true });
    const cancelled = await env.enqueue(failWhileBrokenInSteps, { label: 'cancelled', isBroken: true });
    await Promise.all([dies(done), dies(cancelled)]);
    await fix();
    await env.rows(`insert into inbox (consumer, message_id) values ('breakable.run', $1)`, [done]);
    await env.rows(`update operations set state = 'cancelled' where id = $1`, [cancelled]);
    expect(await redrive({ ids: [done, cancelled] })).toEqual({ redriven: 0, skipped: 2 });
    for (const id of [done, cancelled]) expect(await env.count('dead_letters', id)).toBe(0);
    expect(await env.rows(`select 1 from outbox where name like 'breakable.%'`)).toHaveLength(0);
  });

  it('at the rate that is asked for, and only those that the filter finds', async () => {
    await env.rows(
      `insert into dead_letters (id, queue, name, payload, headers, error, attempts)
       select gen_random_uuid(), 'default', 'breakable.run', '{"label":"many","isBroken":false}',
         jsonb_build_object('enqueued_at', now()), jsonb_build_object('code', case when n % 2 = 0 then 'a.b' else 'a.c' end, 'detail', ''), 1
       from generate_series(1, 60) n`,
    );
    const start = performance.now();
    const result = await redrive({ code: 'a.b', queue: 'default' }, { rate_per_second: 20 });
    expect(result).toEqual({ redriven: 30, skipped: 0 });
    expect(performance.now() - start).toBeGreaterThan(1000);
    await eventually(async () => (await env.rows('select 1 from effects')).length === 30, {
      what: 'all effects',
    });
    const left = await env.rows(`select 1 from dead_letters where payload->>'label' = 'many'`);
    expect(left).toHaveLength(30);
  });

  it('or discarded for good, all that match, by a job', async () => {
    const added = await env.rows<{ id: string }>(
      `insert into dead_letters (id, queue, name, payload, headers, error, attempts)
       select gen_random_uuid(), 'default', 'breakable.run', '{"label":"many","isBroken":false}', '{}',
         jsonb_build_object('code', case when n % 2 = 0 then 'a.b' else 'a.c' end, 'detail', ''), 1
       from generate_series(1, 250) n returning id`,
    );
    const order = { filter: { code: 'a.b' }, reason: 'Of no use.', rate_per_second: 1000 };
    expect(await complete('discards', order)).toEqual({ discarded: 125 });
    expect(
      await env.rows("select error->>'code' as code, count(*)::int from dead_letters group by 1"),
    ).toEqual([{ code: 'a.c', count: 125 }]);
    // Their messages are done: nothing of BullMQ's makes dead letters of them again.
    const done = await env.rows(
      `select 1 from inbox where consumer = 'breakable.run' and message_id = any($1)`,
      [added.map(({ id }) => id)],
    );
    expect(done).toHaveLength(125);
    expect(await env.rows(`select 1 from outbox where name = 'breakable.run'`)).toEqual([]);
  });

  it('or discarded for good, with a reason', async () => {
    const id = await env.enqueue(failWhileBrokenInSteps, { label: 'discarded', isBroken: true });
    await dies(id);
    const reason = encodeURIComponent('Never mind: ünneeded');
    const gone = await call('DELETE', `dead-letters/${id}?reason=${reason}`, undefined, {
      'if-match': '"v1"',
    });
    expect(gone.status).toBe(204);
    expect(await env.count('dead_letters', id)).toBe(0);
    expect(
      await env.rows(`select action, reason, actor_id from audit_events where target = $1`, [
        `dead-letter:${id}`,
      ]),
    ).toEqual([{ action: 'dead-letters.discard', reason: 'Never mind: ünneeded', actor_id: operator }]);
  });
});
