import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { type Permission } from '#libs/access';
import { runInContext } from '#libs/context';
import { type JobDefinition, WorkerHeartbeat } from '#libs/queue';
import {
  backends,
  createSpans,
  maxPerOwner,
  mostAtOnce,
  record,
  recordSpan,
  recordSpanOfOwner,
  startWorker,
  TestEnvironment,
  waitForAbort,
} from '#libs/queue/testing';
import { eventually } from '#libs/testing';
import { JobsWorkerModule } from '../index.js';
import { startApi } from '../testing/api.js';

/** Milliseconds in which every worker does what an operator decided. */
const promptly = 2000;

interface Seen {
  name: string;
  counts: { measured_at: string | null };
  outbox: { backlog: number };
}

describe.each(backends)('operators pause and limit queues on %s', (backend) => {
  let env: TestEnvironment;
  let origin: string;
  const closing: (() => Promise<unknown>)[] = [];
  const operator = randomUUID();

  beforeEach(async () => {
    env = await TestEnvironment.create(backend);
    closing.push(() => env.close());
    await createSpans(env);
    const api = await startApi(env.config);
    closing.push(() => api.close());
    origin = await api.getUrl();
  });

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function addWorker(): Promise<INestApplicationContext> {
    const worker = await startWorker(env.config, { imports: [JobsWorkerModule] });
    closing.push(() => worker.close());
    return worker;
  }

  async function put(path: string, body: object, etag = '*'): Promise<Response> {
    return fetch(`${origin}/v1/queues/${path}`, {
      method: 'PUT',
      headers: {
        'x-user': operator,
        'x-may': 'jobs:write,jobs:read',
        'content-type': 'application/json',
        'if-match': etag,
      },
      body: JSON.stringify({ reason: 'A test of it.', ...body }),
    });
  }

  async function set(state: 'paused' | 'running', name = 'default'): Promise<void> {
    expect((await put(`${name}/state`, { state })).status).toBe(200);
  }

  function enqueueFor(owner: string, definition: JobDefinition<{ label: string }>, label: string) {
    const principal = {
      kind: 'user' as const,
      id: owner,
      permissions: new Set<Permission>(),
    };
    return runInContext({ requestId: 'queues-spec', principal }, () => env.enqueue(definition, { label }));
  }

  const isDone = (id: string) => async () => (await env.count('inbox', id)) === 1;
  const inboxSize = async () => (await env.rows(`select 1 from inbox where consumer like 'spans.%'`)).length;

  it('pause one in every worker within two seconds, and resume it as promptly', async () => {
    const workers = [await addWorker(), await addWorker()];
    await eventually(isDone(await env.enqueue(record, { label: 'warm' })), { what: 'the workers work' });
    await set('paused');
    await sleep(promptly); // A job that is enqueued after it must not run at all: this is the measure itself, not a wait.
    const held = await Promise.all([1, 2, 3].map((n) => env.enqueue(record, { label: `held ${n}` })));
    const elsewhere = await env.enqueue(recordSpan, { label: 'not held' });
    await eventually(isDone(elsewhere), { what: 'another queue goes on' });
    expect(await env.rows(`select 1 from outbox where name = 'sample.record'`)).toHaveLength(3);
    expect((await Promise.all(held.map((id) => env.count('inbox', id)))).join()).toBe('0,0,0');
    for (const worker of workers) expect(worker.get(WorkerHeartbeat).isHealthy()).toBe(true);

    await set('running');
    const everyHeld = async () => (await Promise.all(held.map((id) => isDone(id)()))).every(Boolean);
    await eventually(everyHeld, { what: 'what was held is done' });
  });

  it('keep what the queue already holds from running, also in a worker that starts later', async () => {
    const first = await addWorker();
    const running = await Promise.all([1, 2, 3, 4].map((n) => env.enqueue(waitForAbort, { label: `${n}` })));
    await eventually(async () => (await env.operation(running[3]!))?.state === 'running', {
      what: 'the worker runs as many as it can',
    });
    const waiting = await env.enqueue(record, { label: 'dispatched' });
    await eventually(
      async () => (await env.rows(`select 1 from outbox where name = 'sample.record'`)).length === 0,
      {
        what: 'it waits in the queue',
      },
    );
    await set('paused');
    await sleep(promptly);
    await first.close();
    const second = await addWorker();
    await eventually(async () => second.get(WorkerHeartbeat).isHealthy(), {
      what: 'the second worker is up',
    });
    await sleep(promptly);
    expect(await env.count('inbox', waiting)).toBe(0);
    expect(await env.operation(running[0]!)).toMatchObject({ state: 'queued' });

    await env.rows(`update operations set cancel_requested_at = now()`); // The worker would run them again instead.
    await set('running');
    await eventually(isDone(waiting), { what: 'it is done after all' });
  });

  it('never run more of a queue than its limit, over all workers', async () => {
    expect((await put('spans/limit', { max_running: 3 })).status).toBe(200);
    await addWorker();
    await addWorker();
    await env.db.transaction(async () => {
      for (let n = 0; n < 40; n += 1) env.enqueueInTransaction(recordSpan, { label: `${n}` });
    });
    await eventually(async () => (await inboxSize()) === 40, { what: 'all are done' });
    expect(await mostAtOnce(env)).toBeLessThanOrEqual(3);
    expect(await mostAtOnce(env)).toBeGreaterThan(1);

    // Without the limit they do overlap more: the test can tell.
    await put('spans/limit', { max_running: null });
    await sleep(promptly);
    await env.rows('truncate spans');
    await env.db.transaction(async () => {
      for (let n = 0; n < 40; n += 1) env.enqueueInTransaction(recordSpan, { label: `${n}` });
    });
    await eventually(async () => (await inboxSize()) === 80, { what: 'all are done' });
    expect(await mostAtOnce(env)).toBeGreaterThan(3);
  });

  it('never run more jobs of one owner than the job allows, while others go on', async () => {
    const [busy, other] = [randomUUID(), randomUUID()];
    for (let n = 0; n < 24; n += 1) await enqueueFor(busy, recordSpanOfOwner, `${n}`);
    const theirs = await enqueueFor(other, recordSpanOfOwner, 'alone');
    await addWorker();
    await addWorker();
    await eventually(isDone(theirs), { what: 'the other owner does not wait for the busy one' });
    expect(await inboxSize()).toBeLessThan(24);
    await eventually(async () => (await inboxSize()) === 25, { what: 'all are done' });
    expect(await mostAtOnce(env, busy)).toBe(maxPerOwner);
    // Those that failed once ran twice.
    expect(await env.rows('select 1 from spans')).toHaveLength(25 + 3);
    await eventually(
      async () =>
        (await env.rows(`select 1 from dispatched_messages where name = 'spans.record-of-owner'`)).length ===
        0,
      {
        what: 'none counts against the limit any more',
      },
    );
  });

  it('cancel running jobs in any of the workers within two seconds', async () => {
    await addWorker();
    await addWorker();
    const ids = await Promise.all(
      [...Array(8).keys()].map((n) => env.enqueue(waitForAbort, { label: `${n}` })),
    );
    const isIn = (id: string, state: string) => async () => (await env.operation(id))?.state === state;
    for (const id of ids) await eventually(isIn(id, 'running'), { what: 'it runs' });
    const latencies: number[] = [];
    for (const batch of [
      ids,
      await Promise.all([...Array(4).keys()].map((n) => env.enqueue(waitForAbort, { label: `+${n}` }))),
    ]) {
      await Promise.all(
        batch.map(async (id) => {
          await eventually(isIn(id, 'running'), { what: 'it runs' });
          await sleep(Math.random() * 1000); // At any moment between two looks of its worker.
          const start = performance.now();
          const answer = await fetch(`${origin}/v1/jobs/${id}`, {
            method: 'DELETE',
            headers: { 'x-user': operator, 'x-may': 'jobs:read,jobs:write' },
          });
          expect(answer.status).toBe(202);
          await eventually(isIn(id, 'cancelled'), { what: 'it is cancelled' });
          latencies.push(performance.now() - start);
        }),
      );
    }
    latencies.sort((a, b) => a - b);
    expect(latencies).toHaveLength(12);
    expect(latencies[Math.ceil(latencies.length * 0.95) - 1]).toBeLessThan(2000);
  });

  it('let a worker stop that has only just started and never fetched', async () => {
    await set('paused', 'spans');
    for (const afterMs of [0, 20, 50]) {
      const worker = await startWorker(env.config, { imports: [JobsWorkerModule] });
      await sleep(afterMs); // The moments at which a connection is still being made.
      await expect(worker.close()).resolves.toBeUndefined();
    }
  });

  it('see how much waits, and for how long', async () => {
    await set('paused', 'spans');
    await addWorker();
    await env.enqueue(recordSpan, { label: 'waits' });
    const read = async () => {
      const response = await fetch(`${origin}/v1/queues`, {
        headers: { 'x-user': operator, 'x-may': 'jobs:read' },
      });
      const { data } = (await response.json()) as { data: Seen[] };
      return data.find(({ name }) => name === 'spans')!;
    };
    const isCounted = ({ outbox, counts }: Seen) => outbox.backlog === 1 && counts.measured_at;
    // Five seconds of the worker's count and five of the API's.
    const seen = await eventually(
      async () => {
        const queue = await read();
        return isCounted(queue) ? queue : undefined;
      },
      { what: 'the backlog is counted' },
    );
    expect(seen).toMatchObject({
      state: 'paused',
      max_running: null,
      version: 1,
      counts: { waiting: 0, active: 0, delayed: 0, dead: 0, measured_at: expect.stringMatching(/Z$/) },
      outbox: { backlog: 1, oldest_seconds: expect.any(Number) },
    });
  });
});
