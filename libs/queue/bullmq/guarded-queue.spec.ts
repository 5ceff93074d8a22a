import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { backends, World } from '../testing/world.js';
import type { QueueBackend } from './queue-backend.js';
import { guardedQueue } from './guarded-queue.js';
import { createBackend, createQueue, type JobQueue } from './queues.js';

describe.each(backends)('a queue on %s', (backendName) => {
  let world: World;
  let backend: QueueBackend;
  let queue: JobQueue;

  beforeEach(async () => {
    world = await World.create(backendName);
    backend = createBackend(world.config, 1);
    await backend.check();
    queue = guardedQueue(createQueue(backend, 'default'));
  });
  afterEach(async () => {
    await queue.close();
    await backend.close();
    await world.close();
  });

  const data = { version: 1, payload: {}, headers: { enqueued_at: new Date().toISOString() } } as never;

  it('takes no job inside a transaction, and each outside', async () => {
    const add = world.db.transaction(async () => queue.add('sample.record', data));
    await expect(add).rejects.toThrow('Queue.add inside a transaction: enqueue a job');
    const addBulk = world.db.transaction(async () => queue.addBulk([{ name: 'sample.record', data }]));
    await expect(addBulk).rejects.toThrow('Queue.addBulk inside a transaction: enqueue a job');
    expect(await queue.count()).toBe(0);
    await queue.add('sample.record', data);
    await queue.addBulk([{ name: 'sample.record', data }]);
    expect(await queue.count()).toBe(2);
  });
});
