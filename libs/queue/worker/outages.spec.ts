import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { Config } from '#libs/config';
import { newId } from '#libs/database';
import { eventually, TcpProxy } from '#libs/testing';
import { count, record, recordAtOnce } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { backends, World } from '../testing/world.js';
import { createBackend, createQueue } from '../bullmq/queues.js';

/** Milliseconds: longer than any of these tests, so that no lock ends in one. */
const lockMs = 300_000;

/** Connections that a worker has tried to make: three for each of its parts that ask by themselves. */
const manyTries = 15;

describe('a worker whose database goes away for a moment', () => {
  let world: World;
  let proxy: TcpProxy;
  let config: Config;
  let worker: INestApplicationContext;

  beforeEach(async () => {
    world = await World.create('postgres');
    proxy = await TcpProxy.to(world.config.DATABASE_URL);
    const throughProxy = { DATABASE_URL: proxy.through(world.config.DATABASE_URL), JOB_LOCK_MS: lockMs };
    config = new Config({ ...world.config, ...throughProxy });
    worker = await startWorker(config);
  });

  afterEach(async () => {
    await worker.close();
    await proxy.down();
    await world.close();
  });

  it('acknowledges what it has done when it is back, and waits for no lock', async () => {
    const tries = new Set<number>();
    let isAway = false;
    proxy.watch(({ connection, from, bytes }) => {
      if (isAway) tries.add(connection);
      isAway ||= from === 'client' && bytes.includes('move_to_completed');
      return isAway ? 'cut' : 'pass';
    });
    const id = await world.enqueue(record, { label: 'done while it went' });
    // It is away for longer than all parts of the worker take between two tries.
    await eventually(async () => tries.size >= manyTries, { what: 'the worker tries' });
    proxy.watch();
    await eventually(
      async () => (await world.rows(`select from bullmq.job where id = $1`, [id])).length === 0,
      { what: 'the acknowledgement' },
    );
    expect(await world.count('effects', id)).toBe(1);
  });

  it('uses no queue whose first connection broke', async () => {
    await worker.close();
    let connections = 0;
    // The first is the look whether the database is there; then it goes away.
    proxy.watch(({ from, bytes }) => {
      if (from !== 'client' || !bytes.includes('search_path=bullmq')) return 'pass';
      connections += 1;
      return connections > 1 && connections < 10 ? 'cut' : 'pass';
    });
    const ids = [await world.enqueue(record, { label: 'a' }), await world.enqueue(count, { label: 'b' })];
    worker = await startWorker(config);
    for (const id of ids)
      await eventually(async () => (await world.count('inbox', id)) === 1, { what: 'the job is done' });
    expect(connections).toBeGreaterThan(10);
  });

  it('takes a message that it could not hand over for no refusal of it', async () => {
    const id = newId();
    let cuts = 0;
    proxy.watch(({ from, bytes }) => {
      if (cuts > 0 || from !== 'client' || !bytes.includes('add_jobs_bulk')) return 'pass';
      cuts += 1;
      return 'cut';
    });
    // Refused four times before: another one would moveToDeadLetters it.
    await world.rows(
      `insert into outbox (id, queue, name, version, payload, headers, attempts)
       values ($1, 'default', 'sample.record', 1, '{"label":"once more"}', '{}', 4)`,
      [id],
    );
    await eventually(async () => (await world.count('inbox', id)) === 1, { what: 'the job is done' });
    expect(cuts).toBe(1);
    expect(await world.count('dead_letters', id)).toBe(0);
  });
});

const describeOnRedis = backends.includes('redis') ? describe : describe.skip;

describeOnRedis('an outage of the database, while Redis goes on,', () => {
  it('uses up none of the tries of a job', async () => {
    const world = await World.create('redis');
    const proxy = await TcpProxy.to(world.config.DATABASE_URL);
    const worker = await startWorker(
      new Config({ ...world.config, DATABASE_URL: proxy.through(world.config.DATABASE_URL) }),
    );
    const backend = createBackend(world.config, 1);
    const queue = createQueue(backend, 'default');
    try {
      await queue.pause();
      const id = await world.enqueue(recordAtOnce, { label: 'after the outage' });
      await eventually(() => queue.getJob(id), { what: 'the queue has it' });
      await proxy.down();
      await queue.resume();
      const delayed = await eventually(async () => (await queue.getDelayed())[0], { what: 'it waits' });
      expect(delayed).toMatchObject({ id, attemptsMade: 0 });
      await proxy.up();
      await eventually(async () => (await world.count('inbox', id)) === 1, { what: 'the job is done' });
      expect(await world.count('effects', id)).toBe(1);
      expect(await world.count('dead_letters', id)).toBe(0);
    } finally {
      await queue.close();
      await backend.close();
      await worker.close();
      await proxy.down();
      await world.close();
    }
  });
});
