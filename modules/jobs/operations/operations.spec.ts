import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Permission } from '#libs/access';
import { runInContext } from '#libs/context';
import type { JobDefinition } from '#libs/queue';
import {
  count,
  countTo,
  failWithProblem,
  startWorker,
  TestEnvironment,
  waitForAbort,
  write,
  writtenBytes,
} from '#libs/queue/testing';
import { eventually, TestMeter } from '#libs/testing';
import { JobsWorkerModule } from '../index.js';
import { startApi } from '../testing/api.js';

const owner = randomUUID();
const stranger = randomUUID();

describe('the operations of a client', () => {
  const meter = TestMeter.install();
  let env: TestEnvironment;
  let worker: INestApplicationContext;
  let api: NestFastifyApplication;
  let origin: string;

  beforeAll(async () => {
    env = await TestEnvironment.create('postgres');
    worker = await startWorker(env.config, { imports: [JobsWorkerModule] });
    api = await startApi(env.config);
    origin = await api.getUrl();
  });

  afterAll(async () => {
    await api?.close();
    await worker?.close();
    await env?.close();
    meter.uninstall();
  });

  /** As the owner. */
  function enqueue(definition: JobDefinition<{ label: string }>): Promise<string> {
    const principal = {
      kind: 'user' as const,
      id: owner,
      permissions: new Set<Permission>(),
    };
    return runInContext({ requestId: 'operations-spec', principal }, () =>
      env.enqueueOperation(definition, { label: 'http' }),
    );
  }

  function call(
    path: string,
    { user = owner, may = '', ...init }: RequestInit & { user?: string; may?: string } = {},
  ) {
    return fetch(`${origin}/v1/jobs/${path}`, {
      ...init,
      headers: { 'x-user': user, 'x-may': may, ...init.headers },
    });
  }

  /** On a connection of its own, which ends with the stream. */
  async function openStream(id: string): Promise<IncomingMessage> {
    const request = get(`${origin}/v1/jobs/${id}/events`, { agent: false, headers: { 'x-user': owner } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  }

  const isIn = (id: string, state: string) => async () => (await env.operation(id))?.state === state;
  const finish = (id: string) => eventually(isIn(id, 'succeeded'), { what: 'success' });

  it('are shown with their progress, times and links', async () => {
    const id = await enqueue(count);
    await finish(id);
    const response = await call(id);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      id,
      type: 'sample.count',
      state: 'succeeded',
      progress: { done: countTo, total: countTo },
      attempts: 1,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      started_at: expect.stringMatching(/Z$/),
      finished_at: expect.stringMatching(/Z$/),
      problem: null,
      links: { self: `/v1/jobs/${id}`, events: `/v1/jobs/${id}/events`, result: `/v1/jobs/${id}/result` },
    });
  });

  it('do not exist for others, but for those who may read all', async () => {
    const id = await enqueue(count);
    expect((await call(id, { user: stranger })).status).toBe(404);
    expect((await call(id, { user: stranger, may: 'jobs:read' })).status).toBe(200);
    expect((await call(`${id}/result`, { user: stranger })).status).toBe(404);
    expect((await call(`${id}/events`, { user: stranger })).status).toBe(404);
    expect((await call(id, { user: stranger, method: 'DELETE' })).status).toBe(404);
    expect((await call(id, { user: stranger, may: 'jobs:read', method: 'DELETE' })).status).toBe(403);
  });

  it('give their JSON result once they have one', async () => {
    const id = await enqueue(count);
    const early = await call(`${id}/result`);
    expect([early.status, await early.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'jobs.not-finished' }),
    ]);
    await finish(id);
    const response = await call(`${id}/result`);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({ counted: countTo });
  });

  it('stream the file they have made, with its type and name', async () => {
    const id = await enqueue(write);
    await finish(id);
    const response = await call(`${id}/result`);
    expect(response.headers.get('content-type')).toBe('text/csv');
    expect(response.headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''%C3%BCber%20all.csv",
    );
    expect(response.headers.get('content-length')).toBe(String(writtenBytes.length));
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect(digest(await response.bytes())).toBe(digest(writtenBytes));
  });

  it('say why they failed, and have no result then', async () => {
    const id = await enqueue(failWithProblem);
    await eventually(isIn(id, 'failed'));
    expect(await (await call(id)).json()).toMatchObject({
      state: 'failed',
      problem: { code: 'sample.label-taken', status: 409, request_id: 'operations-spec' },
    });
    expect((await call(`${id}/result`)).status).toBe(404);
  });

  it('are cancelled at once while they wait, and then never run', async () => {
    await worker.close();
    const id = await enqueue(waitForAbort);
    const cancelled = await call(id, { method: 'DELETE' });
    expect(cancelled.status).toBe(202);
    expect(cancelled.headers.get('location')).toBe(`/v1/jobs/${id}`);
    expect(await cancelled.json()).toMatchObject({ state: 'cancelled', attempts: 0 });
    const again = await call(id, { method: 'DELETE' });
    expect([again.status, await again.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'jobs.already-finished' }),
    ]);

    worker = await startWorker(env.config, { imports: [JobsWorkerModule] });
    await eventually(async () => (await env.rows('select 1 from outbox')).length === 0, {
      what: 'the dispatch',
    });
    await finish(await enqueue(count));
    expect(await env.operation(id)).toMatchObject({ state: 'cancelled', attempt: 0 });
  });

  it('stop within two seconds when they are cancelled while they run, which a metric counts', async () => {
    const before = meter.total('jobs.cancelled');
    const id = await enqueue(waitForAbort);
    await eventually(isIn(id, 'running'));
    expect((await call(id, { method: 'DELETE' })).status).toBe(202);
    await eventually(isIn(id, 'cancelled'));
    expect(meter.total('jobs.cancelled', { job: waitForAbort.name })).toBe(before + 1);
  });

  it('can be watched to their end', async () => {
    const id = await enqueue(count);
    const response = await call(`${id}/events`);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const stream = await response.text();
    expect(stream).toMatch(/^retry: \d+\n\n/);
    const jobs = eventsOf(stream).map(({ data }) => data);
    expect(jobs.length).toBeGreaterThan(1);
    expect(jobs.at(-1)).toMatchObject({ id, state: 'succeeded', progress: { done: countTo } });
    expect(jobs.map(({ progress }) => progress.done)).toEqual(
      jobs.map(({ progress }) => progress.done).sort((a, b) => a - b),
    );
  });

  it('tell nobody twice what they said last', async () => {
    const id = await enqueue(count);
    await finish(id);
    const [last] = eventsOf(await (await call(`${id}/events`)).text());
    const again = await call(`${id}/events`, { headers: { 'last-event-id': last!.id } });
    expect(eventsOf(await again.text())).toEqual([]);
  });

  it('end an EventSource with 204 once it has their last event, and not before', async () => {
    const id = await enqueue(count);
    await finish(id);
    const [last] = eventsOf(await (await call(`${id}/events`)).text());
    const missed = await call(`${id}/events`, { headers: { 'last-event-id': 'running-1-0-3' } });
    expect(missed.status).toBe(200);
    expect(eventsOf(await missed.text())).toEqual([last]);
    const ended = await call(`${id}/events`, { headers: { 'last-event-id': last!.id } });
    expect([ended.status, await ended.text()]).toEqual([204, '']);
  });

  it('are watched on five connections of one caller at most, and a connection that ends makes room', async () => {
    const id = await enqueue(waitForAbort);
    const streams = await Promise.all(Array.from({ length: 5 }, () => openStream(id)));
    expect(streams.map(({ statusCode }) => statusCode)).toEqual(Array(5).fill(200));
    const refused = await call(`${id}/events`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);

    streams[0]!.destroy();
    const next = await eventually(
      async () => {
        const response = await openStream(id);
        if (response.statusCode === 200) return response;
        response.destroy();
        return undefined;
      },
      { what: 'room for a stream' },
    );
    for (const stream of [...streams, next]) stream.destroy();
    await call(id, { method: 'DELETE' });
  });

  it('refuse an id that is none', async () => {
    expect((await call('17')).status).toBe(422);
  });
});

function eventsOf(
  stream: string,
): { id: string; data: { id: string; state: string; progress: { done: number } } }[] {
  return [...stream.matchAll(/id: (.+)\nevent: job\ndata: (.+)\n\n/g)].map(([, id, data]) => ({
    id: id!,
    data: JSON.parse(data!) as never,
  }));
}
