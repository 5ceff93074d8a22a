import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { runInContext } from '#libs/context';
import { eventually } from '#libs/testing';
import { payloadText, storableJson } from './payload.js';
import { waitForAbort, record } from '../testing/sample-jobs.js';
import { TestEnvironment } from '../testing/test-environment.js';

describe('enqueueing a job', () => {
  let env: TestEnvironment;

  beforeAll(async () => {
    env = await TestEnvironment.create('postgres');
  });

  afterAll(() => env?.close());

  it('needs a transaction', () => {
    expect(() => env.enqueueInTransaction(record, { label: 'a' })).toThrow('needs a transaction');
  });

  it('refuses what the schema of the job refuses', async () => {
    await expect(env.enqueue(record, { label: 1 } as never)).rejects.toThrow('expected string');
  });

  it.each([
    ['NUL', 'a\0b'],
    ['a lone high surrogate', 'a\ud800b'],
    ['a lone low surrogate', '\udc00'],
    ['more than 64 KiB', 'é'.repeat(33_000)],
  ])('refuses %s', async (_, label) => {
    await expect(env.enqueue(record, { label })).rejects.toThrow(/NUL or a lone surrogate|over 64 KiB/);
  });

  it('takes every text that Postgres can store, also one that looks like an escape', async () => {
    const label = String.raw`\u0000 \\ud800 "quoted" 😀 it's`;
    const id = await env.enqueue(record, { label });
    expect(await env.rows('select payload from outbox where id = $1', [id])).toEqual([
      { payload: { label } },
    ]);
  });

  it('carries its owner, its request and its trace', async () => {
    const owner = randomUUID();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const principal = { kind: 'user' as const, id: owner, permissions: new Set<never>() };
    const work = { requestId: 'request-1', traceparent, principal };
    const id = await runInContext(work, () => env.enqueueOperation(waitForAbort, { label: 'a' }));
    const [row] = await env.rows('select headers from outbox where id = $1', [id]);
    expect(row).toEqual({
      headers: { request_id: 'request-1', owner, traceparent, enqueued_at: expect.stringMatching(/Z$/) },
    });
    expect(await env.operation(id)).toMatchObject({
      name: 'sample.wait-for-abort',
      ownerId: owner,
      state: 'queued',
    });
  });

  it('gives a caller no operation outside the limits of its owner', async () => {
    const principal = { kind: 'user' as const, id: randomUUID(), permissions: new Set<never>() };
    await expect(
      runInContext({ requestId: 'request-2', principal }, () => env.enqueue(waitForAbort, { label: 'a' })),
    ).rejects.toThrow('enqueueOperation()');
  });

  it('notifies the relay once for many jobs of a moment', async () => {
    const listener = new pg.Client({ connectionString: env.config.DATABASE_URL });
    await listener.connect();
    const notifiers: number[] = [];
    listener.on('notification', ({ processId }) => notifiers.push(processId));
    await listener.query('LISTEN outbox');
    await env.db.transaction(async () => {
      for (let index = 0; index < 20; index += 1) env.enqueueInTransaction(record, { label: 'many' });
    });
    await eventually(async () => notifiers.length > 0, { what: 'the notification' });
    await env.enqueue(record, { label: 'next' });
    await eventually(async () => notifiers.length > 1, { what: 'the second notification' });
    await listener.end();
    // A notification of an earlier test may be late.
    expect(notifiers.length).toBeLessThan(5);
  });
});

describe('JSON for Postgres', () => {
  it('replaces what cannot be stored and leaves the rest alone', () => {
    const kept = { text: String.raw`\u0000 and \\ud800`, face: '😀' };
    expect(JSON.parse(storableJson(kept))).toEqual(kept);
    expect(JSON.parse(storableJson({ bad: 'a\0b\ud800c' }))).toEqual({ bad: 'a\ufffdb\ufffdc' });
  });

  it('finds every unstorable character in a row', () => {
    expect(JSON.parse(storableJson('\0\0\\\0'))).toBe('\ufffd\ufffd\\\ufffd');
    expect(() => payloadText('sample.record', '\\\0')).toThrow('NUL');
  });
});
