import { describe, expect, it } from '@jest/globals';
import { createPool, Database } from '#libs/database';
import { Files } from '#libs/files';
import { eventually } from '#libs/testing';
import { createBackend, createQueue, type JobQueue } from '../running/queues.js';
import { DeadLetters } from '../running/dead-letters.js';
import { WorkerHeartbeat } from '../running/heartbeat.js';
import { OperationRecord } from '../running/operation-record.js';
import '../testing/sample-jobs.js';
import { backends, World } from '../testing/world.js';
import { HandOver } from './hand-over.js';
import { OutboxRelay } from './outbox-relay.js';

const messages = 6000;

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
    const deadLetters = new DeadLetters(db, world.config, new OperationRecord(db, new Files(db)));
    return new OutboxRelay(world.config, new HandOver(deadLetters), new WorkerHeartbeat());
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
  it('hand each message over once, and are no slower than one', async () => {
    const world = await World.create(backend);
    try {
      const one = await relayAll(world, 1);
      const three = await relayAll(world, 3);
      for (const { handedOver } of [one, three]) {
        expect(handedOver).toHaveLength(messages);
        expect(new Set(handedOver).size).toBe(messages);
      }
      // Half again for what else the machine does meanwhile.
      expect(three.took).toBeLessThan(one.took * 1.5 + 500);
    } finally {
      await world.close();
    }
  }, 60_000);
});
