import { describe, expect, it } from '@jest/globals';
import { createPool, Database } from '#libs/database';
import { FileStore } from '#libs/files';
import { eventually, figure, isLong, sized } from '#libs/testing';
import { createBackend, createQueue, type JobQueue } from '../bullmq/queues.js';
import { DeadLetterStore } from '../operations/dead-letter-store.js';
import { WorkerHeartbeat } from '../bullmq/worker-heartbeat.js';
import { OperationStore } from '../operations/operation-store.js';
import '../testing/sample-jobs.js';
import { backends, World } from '../testing/world.js';
import { MessageDispatcher } from './message-dispatcher.js';
import { OutboxRelay } from './outbox-relay.js';

/** So many batches that each relay takes some. */
const messages = sized(3000, 6000);

/** Milliseconds. */
interface Outcome {
  took: number;
  handedOver: string[];
}

/** Relays without workers: what they hand over stays in the queue. */
async function relayAll(world: World, relayCount: number): Promise<Outcome> {
  await world.rows(
    `insert into outbox (id, queue, name, version, payload, headers)
     select gen_random_uuid(), 'default', 'sample.record', 1, '{"label":"a"}', '{}' from generate_series(1, $1)`,
    [messages],
  );
  const backend = createBackend(world.config, 1);
  await backend.check();
  const db = new Database(createPool(world.config.DATABASE_URL, { role: 'worker', max: 1 }));
  const handedOver: string[] = [];
  const queue = recording(createQueue(backend, 'default'), handedOver);
  const relays = Array.from({ length: relayCount }, () => {
    const deadLetters = new DeadLetterStore(db, world.config, new OperationStore(db, new FileStore(db)));
    return new OutboxRelay(world.config, new MessageDispatcher(deadLetters), new WorkerHeartbeat());
  });
  const start = performance.now();
  for (const relay of relays) relay.start([queue]);
  await eventually(async () => handedOver.length >= messages, {
    what: 'all are handed over',
  });
  const took = performance.now() - start;
  await Promise.all(relays.map((relay) => relay.stop()));
  await queue.close();
  await backend.close();
  await db.pool.end();
  return { took, handedOver };
}

function recording(queue: JobQueue, ids: string[]): JobQueue {
  const add = queue.addBulk.bind(queue);
  queue.addBulk = async (jobs) => {
    const added = await add(jobs);
    ids.push(...jobs.map(({ opts }) => opts!.jobId!));
    return added;
  };
  return queue;
}

describe.each(backends)('three relays on %s', (backend) => {
  it('hand each message over once', async () => {
    const world = await World.create(backend);
    try {
      const three = await relayAll(world, 3);
      expect(three.handedOver).toHaveLength(messages);
      expect(new Set(three.handedOver).size).toBe(messages);
      if (!isLong) return;
      const one = await relayAll(world, 1);
      figure(
        `${messages} messages handed over on ${backend}`,
        `by three relays in ${Math.round(three.took)} ms, by one in ${Math.round(one.took)} ms`,
      );
    } finally {
      await world.close();
    }
  });
});
