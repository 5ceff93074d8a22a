import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { Config } from '#libs/config';
import { newId } from '#libs/database';
import { eventually, TcpProxy } from '#libs/testing';
import { WorkerHeartbeat } from '../index.js';
import { declaredQueues } from '../jobs.definition.js';
import { record } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { World } from '../testing/world.js';

/** Milliseconds: longer than any of these tests, so that no lock ends in one. */
const lockMs = 300_000;

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
    const { promise: away, resolve } = Promise.withResolvers<void>();
    proxy.watch(({ from, bytes }) => {
      if (from !== 'client' || !bytes.includes('move_to_completed')) return 'pass';
      proxy.watch();
      void proxy.down().then(resolve);
      return 'cut';
    });
    const id = await world.enqueue(record, { label: 'done while it went' });
    await away;
    await sleep(1500); // It is away for longer than the worker takes between two tries.
    await proxy.up();
    const finished = await eventually(
      async () => (await world.rows(`select * from bullmq.job where id = $1 and state <> 'active'`, [id]))[0],
      { what: 'the acknowledgement' },
    );
    expect(finished).toMatchObject({ state: 'completed', attempts_started: 1, stalled_count: 0 });
    expect(await world.count('effects', id)).toBe(1);
  });

  it('hands messages over when it is back, also by a queue that was not used before', async () => {
    await worker.close();
    // Somebody else counts, so nothing is asked of the queues until there is a message.
    await world.rows(
      `insert into queue_counts (name, measured_at) select name, now() + interval '1 hour'
       from unnest($1::text[]) as queues (name)`,
      [declaredQueues()],
    );
    worker = await startWorker(config);
    const heartbeat = worker.get(WorkerHeartbeat);
    await eventually(async () => heartbeat.isHealthy(), { what: 'the worker is up' });
    const { promise: putBack, resolve } = Promise.withResolvers<void>();
    // From here on BullMQ finds no database, and the relay does.
    proxy.watch(({ from, bytes }) => {
      if (from === 'client' && bytes.includes('with back as')) resolve();
      return from === 'client' && bytes.includes('search_path=bullmq') ? 'cut' : 'pass';
    });
    proxy.cut();
    const id = await world.enqueue(record, { label: 'first of its worker' });
    await putBack;
    proxy.watch();
    await eventually(async () => (await world.count('inbox', id)) === 1, { what: 'the job is done' });
  });

  it('takes a message that it could not hand over for no refusal of it', async () => {
    const id = newId();
    let cuts = 0;
    proxy.watch(({ from, bytes }) => {
      if (cuts > 0 || from !== 'client' || !bytes.includes('add_jobs_bulk')) return 'pass';
      cuts += 1;
      return 'cut';
    });
    // Refused four times before: another one would bury it.
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
