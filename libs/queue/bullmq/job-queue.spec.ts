import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { backends, TestEnvironment } from '../testing/test-environment.js';
import type { JobQueue } from './job-queue.js';

describe.each(backends)('a queue on %s', (backendName) => {
  let env: TestEnvironment;
  let queue: JobQueue;

  beforeEach(async () => {
    env = await TestEnvironment.create(backendName);
    queue = await env.openQueue();
  });
  afterEach(() => env.close());

  const data = { version: 1, payload: {}, headers: { enqueued_at: new Date().toISOString() } } as never;

  it('takes no job inside a transaction, and each outside', async () => {
    const add = env.db.transaction(async () => queue.add('sample.record', data));
    await expect(add).rejects.toThrow('Queue.add inside a transaction: enqueue a job');
    const addBulk = env.db.transaction(async () => queue.addBulk([{ name: 'sample.record', data }]));
    await expect(addBulk).rejects.toThrow('Queue.addBulk inside a transaction: enqueue a job');
    expect(await queue.count()).toBe(0);
    await queue.add('sample.record', data);
    await queue.addBulk([{ name: 'sample.record', data }]);
    expect(await queue.count()).toBe(2);
  });
});
