import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { newId } from '#libs/database';
import { eventually } from '#libs/testing';
import { startApi } from '../testing/api.js';
import {
  type BackendName,
  MessageConsumer,
  mend,
  MendableWork,
  mendInSteps,
  SampleWork,
  startWorker,
  World,
} from '#libs/queue/testing';

const backends: BackendName[] = process.env.TEST_REDIS_URL ? ['postgres', 'redis'] : ['postgres'];
const operator = randomUUID();

describe.each(backends)('dead letters are sent again on %s', (backend) => {
  let world: World;
  let worker: INestApplicationContext;
  let api: NestFastifyApplication;
  let origin: string;

  beforeAll(async () => {
    world = await World.create(backend);
    await world.rows('create table mended (at timestamptz)');
    worker = await startWorker(world.config, [SampleWork, MendableWork] as never);
    api = await startApi(world.config);
    origin = await api.getUrl();
  });

  afterAll(async () => {
    await api?.close();
    await worker?.close();
    await world?.close();
  });

  beforeEach(() => world.rows('truncate mended, dead_letters, effects'));

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
    eventually(async () => (await world.count('dead_letters', id)) === 1, { what: 'the job dies' });
  const mended = () => world.rows('insert into mended values (now())');

  /** The result of the operation that sends the letters again. */
  async function redrive(filter: object, more: object = {}) {
    const answer = await call('POST', 'dead-letters/redrives', { filter, reason: 'Mended now.', ...more });
    expect(answer.status).toBe(202);
    const { id } = (await answer.json()) as { id: string };
    expect(answer.headers.get('location')).toBe(`/v1/jobs/${id}`);
    const operation = await eventually(
      async () => {
        const row = await world.operation(id);
        return row?.state === 'succeeded' ? row : undefined;
      },
      { what: 'the redrive ends' },
    );
    return operation.result as { redriven: number; settled: number };
  }

  it('with the same data under a new message id, and then have their effect once', async () => {
    const id = await world.enqueue(mend, { label: 'again', isBroken: true });
    await dies(id);
    await mended();
    expect(await redrive({ ids: [id] })).toEqual({ redriven: 1, settled: 0 });
    await eventually(async () => (await world.count('effects', id)) === 1, { what: 'the effect' });
    expect(await world.count('dead_letters', id)).toBe(0);
    const [row] = await world.rows<{ n: number }>(
      `select count(*)::int as n from inbox where consumer = 'mendable.mend' and message_id <> $1`,
      [id],
    );
    expect(row!.n).toBeGreaterThan(0);
  });

  it('and die again as a letter that names the first message', async () => {
    const id = await world.enqueue(mend, { label: 'hopeless', isBroken: true });
    await dies(id);
    for (const round of [1, 2]) {
      const [before] = await world.rows<{ id: string }>('select id from dead_letters');
      await redrive({ name: 'mendable.mend' });
      const letter = await eventually(
        async () =>
          (await world.rows<{ id: string }>('select * from dead_letters where id <> $1', [before!.id]))[0],
        { what: `death number ${round + 1}` },
      );
      expect(letter).toMatchObject({ headers: { redriven_from: id }, payload: { label: 'hopeless' } });
    }
    expect(await world.count('effects', id)).toBe(0);
  });

  it('so that the client sees the same operation go on where it ended', async () => {
    const id = await world.enqueue(mendInSteps, { label: 'same id', isBroken: true });
    await dies(id);
    expect(await world.operation(id)).toMatchObject({ state: 'failed', done: 1 });
    await mended();
    await redrive({ ids: [id] });
    await eventually(async () => (await world.operation(id))?.state === 'succeeded', { what: 'success' });
    expect(await world.operation(id)).toMatchObject({
      attempt: 2,
      done: 2,
      problem: null,
      result: { label: 'same id' },
    });
    expect(await world.count('effects', id)).toBe(2); // The first step was not repeated.
  });

  it('with the payload that an operator mended, from the beginning', async () => {
    const id = await world.enqueue(mendInSteps, { label: 'wrong', isBroken: true, token: 'hidden' });
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
    expect(await world.rows('select payload from dead_letters where id = $1', [id])).toEqual([
      { payload: { label: 'right', isBroken: false, token: 'hidden' } },
    ]);
    await redrive({ ids: [id] });
    await eventually(async () => (await world.operation(id))?.state === 'succeeded', { what: 'success' });
    expect(await world.rows('select label from effects order by label')).toEqual([
      { label: 'right' },
      { label: 'right' },
      { label: 'wrong' }, // The step that was committed before the job died.
    ]);
  });

  it('with a payload of an older version, which an edit makes newer first', async () => {
    const id = newId();
    await world.rows(
      `insert into dead_letters (id, queue, name, payload_version, payload, headers, error, attempts)
       values ($1, 'default', 'sample.renamed', 1, '"old"', $2, '{"code":"a.b","detail":""}', 1)`,
      [id, { enqueued_at: new Date().toISOString() }],
    );
    const change = { payload: {}, reason: 'To see what it becomes.' };
    const edited = await call('PATCH', `dead-letters/${id}`, change, { 'if-match': '"v1"' });
    expect(edited.status).toBe(200);
    expect(await world.rows('select payload, payload_version from dead_letters where id = $1', [id])).toEqual(
      [{ payload: { label: 'old' }, payload_version: 3 }],
    );
  });

  it('in the partition of their ordering key', async () => {
    const id = await world.enqueue(
      mend,
      { label: 'in order', isBroken: true },
      { orderingKey: 'one by one' },
    );
    await dies(id);
    await world.rows(`insert into queue_controls (name, state) values ('default', 'paused')`);
    await redrive({ ids: [id] });
    const waiting = await world.rows(`select partition_key from outbox where name = 'mendable.mend'`);
    expect(waiting).toEqual([{ partition_key: 'key:one by one' }]);
    await world.rows('truncate queue_controls');
    await eventually(async () => (await world.rows('select 1 from dead_letters')).length === 1, {
      what: 'it dies again',
    });
  });

  it('but not when the job was done after all, or its operation cancelled', async () => {
    const done = await world.enqueue(mend, { label: 'done', isBroken: true });
    const cancelled = await world.enqueue(mendInSteps, { label: 'cancelled', isBroken: true });
    await Promise.all([dies(done), dies(cancelled)]);
    await mended();
    await world.rows(`insert into inbox (consumer, message_id) values ('mendable.mend', $1)`, [done]);
    await world.rows(`update operations set state = 'cancelled' where id = $1`, [cancelled]);
    expect(await redrive({ ids: [done, cancelled] })).toEqual({ redriven: 0, settled: 2 });
    for (const id of [done, cancelled]) expect(await world.count('dead_letters', id)).toBe(0);
    expect(await world.rows(`select 1 from outbox where name like 'mendable.%'`)).toHaveLength(0);
  });

  it('at the rate that is asked for, and only those that the filter finds', async () => {
    await world.rows(
      `insert into dead_letters (id, queue, name, payload, headers, error, attempts)
       select gen_random_uuid(), 'default', 'mendable.mend', '{"label":"many","isBroken":false}',
         jsonb_build_object('enqueued_at', now()), jsonb_build_object('code', case when n % 2 = 0 then 'a.b' else 'a.c' end, 'detail', ''), 1
       from generate_series(1, 60) n`,
    );
    const start = performance.now();
    const result = await redrive({ code: 'a.b', queue: 'default' }, { rate_per_second: 20 });
    expect(result).toEqual({ redriven: 30, settled: 0 });
    expect(performance.now() - start).toBeGreaterThan(1000);
    await eventually(async () => (await world.rows('select 1 from effects')).length === 30, {
      what: 'all effects',
    });
    const left = await world.rows(`select 1 from dead_letters where payload->>'label' = 'many'`);
    expect(left).toHaveLength(30);
  });

  it('or discarded for good: what the queue still knows of them does not bring them back', async () => {
    const id = await world.enqueue(mendInSteps, { label: 'discarded', isBroken: true });
    await dies(id);
    const reason = encodeURIComponent('Never mind: ünneeded');
    const gone = await call('DELETE', `dead-letters/${id}?reason=${reason}`, undefined, {
      'if-match': '"v1"',
    });
    expect(gone.status).toBe(204);
    const failed = { id, queueName: 'default', name: mendInSteps.name, attemptsMade: 1 };
    const data = { version: 1, headers: { enqueued_at: '' }, payload: {} };
    await worker.get(MessageConsumer).moveToDeadLetters({ ...failed, data } as never);
    expect(await world.count('dead_letters', id)).toBe(0);
    expect(
      await world.rows(`select action, reason, actor_id from audit_events where target = $1`, [
        `dead-letter:${id}`,
      ]),
    ).toEqual([{ action: 'dead-letters.discard', reason: 'Never mind: ünneeded', actor_id: operator }]);
  });
});
