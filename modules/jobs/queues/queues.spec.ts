import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { Permission } from '#libs/access';
import { Config } from '#libs/config';
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
import { eventually, figure, TcpProxy, verdict } from '#libs/testing';
import { JobsWorkerModule } from '../index.js';
import { startApi } from '../testing/api.js';

/** Milliseconds in which every worker does what an operator decided, at most. */
const promptly = 2000;

/** The query of a worker that looks for what operators decided; the relay has another. */
const look = 'select "name", "state", "max_running" from "queue_controls"';

interface Seen {
  name: string;
  counts: { measured_at: string | null };
  outbox: { backlog: number };
}

describe.each(backends)('operators pause and limit queues on %s', (backend) => {
  let env: TestEnvironment;
  let origin: string;
  const closing: (() => Promise<unknown>)[] = [];
  const watching = new Map<INestApplicationContext, { looks: number }>();
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
    const proxy = await TcpProxy.to(env.config.DATABASE_URL);
    const config = new Config({ ...env.config, DATABASE_URL: proxy.through(env.config.DATABASE_URL) });
    const watched = { looks: 0 };
    proxy.watch(({ from, bytes }) => {
      if (from === 'client' && bytes.includes(look)) watched.looks += 1;
      return 'pass';
    });
    const worker = await startWorker(config, { imports: [JobsWorkerModule] });
    watching.set(worker, watched);
    closing.push(
      () => proxy.down(),
      () => stop(worker),
    );
    return worker;
  }

  async function stop(worker: INestApplicationContext): Promise<void> {
    if (watching.delete(worker)) await worker.close();
  }

  /** Waits until every worker has done what operators decided until now: after a look that begins now it looks again. */
  async function everyWorkerKnows(): Promise<void> {
    const before = new Map([...watching.values()].map((watched) => [watched, watched.looks]));
    const know = () => [...before].every(([{ looks }, then]) => looks >= then + 2);
    await eventually(async () => know(), { what: 'every worker has looked' });
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

  it('pause one in every worker, and resume it', async () => {
    const workers = [await addWorker(), await addWorker()];
    await eventually(isDone(await env.enqueue(record, { label: 'warm' })), { what: 'the workers work' });
    const start = performance.now();
    await set('paused');
    await everyWorkerKnows();
    figure(`every worker knows of a pause on ${backend}`, verdict(performance.now() - start, promptly));
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
    await everyWorkerKnows();
    await stop(first);
    const second = await addWorker();
    await eventually(async () => second.get(WorkerHeartbeat).isHealthy(), {
      what: 'the second worker is up',
    });
    await eventually(isDone(await env.enqueue(recordSpan, { label: 'elsewhere' })), { what: 'it works' });
    await everyWorkerKnows();
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
    await everyWorkerKnows();
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
    await eventually(async () => (await inboxSize()) === 25, { what: 'all are done' });
    // The other owner did not wait for the busy one.
    const begun = await env.rows<{ message_id: string }>('select message_id from spans order by seq');
    expect(begun.slice(0, 12).map(({ message_id: id }) => id)).toContain(theirs);
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

  it('cancel running jobs in any of the workers', async () => {
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
    const p95 = latencies[Math.ceil(latencies.length * 0.95) - 1]!;
    figure(`a running job is cancelled on ${backend}, p95`, verdict(p95, promptly));
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
    // The worker counts every five seconds: as if they had passed.
    await env.rows(`update queue_counts set measured_at = measured_at - interval '1 minute'`);
    const isCounted = async () =>
      (
        await env.rows(
          `select 1 from queue_counts where name = 'spans' and measured_at > now() - interval '30 s'`,
        )
      ).length === 1;
    await eventually(isCounted, { what: 'the backlog is counted' });
    const seen = await read();
    expect(seen).toMatchObject({
      state: 'paused',
      max_running: null,
      version: 1,
      counts: { waiting: 0, active: 0, delayed: 0, dead: 0, measured_at: expect.stringMatching(/Z$/) },
      outbox: { backlog: 1, oldest_seconds: expect.any(Number) },
    });
  });
});
