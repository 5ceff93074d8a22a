import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { Config } from '#libs/config';
import type { Permission } from '#libs/access';
import { runInContext } from '#libs/context';
import { eventually, figure, TcpProxy, verdict } from '#libs/testing';
import { type JobDefinition, WorkerHeartbeat } from '#libs/queue';
import { startApi } from '../testing/api.js';
import {
  type BackendName,
  createSpans,
  crowd,
  CrowdWork,
  linger,
  mostAtOnce,
  placesPerOwner,
  record,
  reserved,
  SampleWork,
  startWorker,
  World,
} from '#libs/queue/testing';

const backends: BackendName[] = process.env.TEST_REDIS_URL ? ['postgres', 'redis'] : ['postgres'];

/** Milliseconds in which every worker does what an operator decided, at most. */
const promptly = 2000;

/** What a worker asks when it looks for what operators decided; the relay asks for some of it too. */
const look = 'select "name", "state", "max_running" from "queue_controls"';

interface Seen {
  name: string;
  counts: { measured_at: string | null };
  outbox: { backlog: number };
}

describe.each(backends)('operators steer queues on %s', (backend) => {
  let world: World;
  let origin: string;
  const closing: (() => Promise<unknown>)[] = [];
  const watching = new Map<INestApplicationContext, { looks: number }>();
  const operator = randomUUID();

  beforeEach(async () => {
    world = await World.create(backend);
    closing.push(() => world.close());
    await createSpans(world);
    const api = await startApi(world.config);
    closing.push(() => api.close());
    origin = await api.getUrl();
  });

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function addWorker(): Promise<INestApplicationContext> {
    const proxy = await TcpProxy.to(world.config.DATABASE_URL);
    const config = new Config({ ...world.config, DATABASE_URL: proxy.through(world.config.DATABASE_URL) });
    const watched = { looks: 0 };
    proxy.watch(({ from, bytes }) => {
      if (from === 'client' && bytes.includes(look)) watched.looks += 1;
      return 'pass';
    });
    const worker = await startWorker(config, [SampleWork, CrowdWork] as never);
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

  /** Every worker has done by now what was decided until now: after a look that begins now it looks again. */
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
    return runInContext({ requestId: 'queues-spec', principal }, () => world.enqueue(definition, { label }));
  }

  const isDone = (id: string) => async () => (await world.count('inbox', id)) === 1;
  const inboxSize = async () =>
    (await world.rows(`select 1 from inbox where consumer like 'crowd.%'`)).length;

  it('pause one in every worker, and resume it', async () => {
    const workers = [await addWorker(), await addWorker()];
    await eventually(isDone(await world.enqueue(record, { label: 'warm' })), { what: 'the workers work' });
    const start = performance.now();
    await set('paused');
    await everyWorkerKnows();
    figure(`every worker knows of a pause on ${backend}`, verdict(performance.now() - start, promptly));
    const held = await Promise.all([1, 2, 3].map((n) => world.enqueue(record, { label: `held ${n}` })));
    const elsewhere = await world.enqueue(crowd, { label: 'not held' });
    await eventually(isDone(elsewhere), { what: 'another queue goes on' });
    expect(await world.rows(`select 1 from outbox where name = 'sample.record'`)).toHaveLength(3);
    expect((await Promise.all(held.map((id) => world.count('inbox', id)))).join()).toBe('0,0,0');
    for (const worker of workers) expect(worker.get(WorkerHeartbeat).isHealthy()).toBe(true);

    await set('running');
    const everyHeld = async () => (await Promise.all(held.map((id) => isDone(id)()))).every(Boolean);
    await eventually(everyHeld, { what: 'what was held is done' });
  });

  it('keep what the queue already holds from running, also in a worker that starts later', async () => {
    const first = await addWorker();
    const lingering = await Promise.all([1, 2, 3, 4].map((n) => world.enqueue(linger, { label: `${n}` })));
    await eventually(async () => (await world.operation(lingering[3]!))?.state === 'running', {
      what: 'all four places of the worker are taken',
    });
    const waiting = await world.enqueue(record, { label: 'handed over' });
    await eventually(
      async () => (await world.rows(`select 1 from outbox where name = 'sample.record'`)).length === 0,
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
    await eventually(isDone(await world.enqueue(crowd, { label: 'elsewhere' })), { what: 'it works' });
    await everyWorkerKnows();
    expect(await world.count('inbox', waiting)).toBe(0);
    expect(await world.operation(lingering[0]!)).toMatchObject({ state: 'queued' });

    await world.rows(`update operations set cancel_requested_at = now()`); // They would take every place again.
    await set('running');
    await eventually(isDone(waiting), { what: 'it is done after all' });
  });

  it('never run more of a queue than its limit, over all workers', async () => {
    expect((await put('crowd/limit', { max_running: 3 })).status).toBe(200);
    await addWorker();
    await addWorker();
    await world.db.transaction(async () => {
      for (let n = 0; n < 40; n += 1) world.promise(crowd, { label: `${n}` });
    });
    await eventually(async () => (await inboxSize()) === 40, { what: 'all are done' });
    expect(await mostAtOnce(world)).toBeLessThanOrEqual(3);
    expect(await mostAtOnce(world)).toBeGreaterThan(1);

    // Without the limit they do overlap more: the test can tell.
    await put('crowd/limit', { max_running: null });
    await everyWorkerKnows();
    await world.rows('truncate spans');
    await world.db.transaction(async () => {
      for (let n = 0; n < 40; n += 1) world.promise(crowd, { label: `${n}` });
    });
    await eventually(async () => (await inboxSize()) === 80, { what: 'all are done' });
    expect(await mostAtOnce(world)).toBeGreaterThan(3);
  });

  it('never run more jobs of one owner than the job allows, while others go on', async () => {
    const [busy, other] = [randomUUID(), randomUUID()];
    for (let n = 0; n < 24; n += 1) await enqueueFor(busy, reserved, `${n}`);
    const theirs = await enqueueFor(other, reserved, 'alone');
    await addWorker();
    await addWorker();
    await eventually(async () => (await inboxSize()) === 25, { what: 'all are done' });
    // The other owner did not wait for the busy one.
    const begun = await world.rows<{ message_id: string }>('select message_id from spans order by seq');
    expect(begun.slice(0, 12).map(({ message_id: id }) => id)).toContain(theirs);
    expect(await mostAtOnce(world, busy)).toBe(placesPerOwner);
    // Those that stumbled ran twice.
    expect(await world.rows('select 1 from spans')).toHaveLength(25 + 3);
    await eventually(
      async () =>
        (await world.rows(`select 1 from dispatched_messages where name = 'crowd.reserve'`)).length === 0,
      {
        what: 'every place is given back',
      },
    );
  });

  it('cancel running jobs in any of the workers', async () => {
    await addWorker();
    await addWorker();
    const ids = await Promise.all([...Array(8).keys()].map((n) => world.enqueue(linger, { label: `${n}` })));
    const isIn = (id: string, state: string) => async () => (await world.operation(id))?.state === state;
    for (const id of ids) await eventually(isIn(id, 'running'), { what: 'it runs' });
    const latencies: number[] = [];
    for (const batch of [
      ids,
      await Promise.all([...Array(4).keys()].map((n) => world.enqueue(linger, { label: `+${n}` }))),
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
    await set('paused', 'crowd');
    for (const afterMs of [0, 20, 50]) {
      const worker = await startWorker(world.config, [SampleWork, CrowdWork] as never);
      await sleep(afterMs); // The moments at which a connection is still being made.
      await expect(worker.close()).resolves.toBeUndefined();
    }
  });

  it('see how much waits, and for how long', async () => {
    await set('paused', 'crowd');
    await addWorker();
    await world.enqueue(crowd, { label: 'waits' });
    const read = async () => {
      const response = await fetch(`${origin}/v1/queues`, {
        headers: { 'x-user': operator, 'x-may': 'jobs:read' },
      });
      const { data } = (await response.json()) as { data: Seen[] };
      return data.find(({ name }) => name === 'crowd')!;
    };
    // The worker counts every five seconds: as if they had passed.
    await world.rows(`update queue_counts set measured_at = measured_at - interval '1 minute'`);
    const isCounted = async () =>
      (
        await world.rows(
          `select 1 from queue_counts where name = 'crowd' and measured_at > now() - interval '30 s'`,
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
