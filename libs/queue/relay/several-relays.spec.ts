import { describe, expect, it } from '@jest/globals';
import { createPool, Database } from '#libs/database';
import { FileStore } from '#libs/files';
import { eventually, figure, isLong, sized } from '#libs/testing';
import { type JobQueue, JobQueues } from '../bullmq/job-queue.js';
import { DeadLetterStore } from '../operations/dead-letter-store.js';
import { OperationStore } from '../operations/operation-store.js';
import '../testing/sample-jobs.js';
import { backends, TestEnvironment } from '../testing/test-environment.js';
import { WorkerHeartbeat } from '../worker-heartbeat.js';
import { MessageDispatcher } from './message-dispatcher.js';
import { OutboxRelay } from './outbox-relay.js';

/** Enough batches that each relay takes some. */
const messages = sized(3000, 6000);

/** Milliseconds. */
interface Outcome {
  took: number;
  dispatched: string[];
}

/** Relays without workers: what they dispatch stays in the queue. */
async function relayAll(env: TestEnvironment, relayCount: number): Promise<Outcome> {
  await env.rows(
    `insert into outbox (id, queue, name, version, payload, headers)
     select gen_random_uuid(), 'default', 'sample.record', 1, '{"label":"a"}', '{}' from generate_series(1, $1)`,
    [messages],
  );
  const db = new Database(createPool(env.config.DATABASE_URL, { role: 'worker', max: 1 }));
  const dispatched: string[] = [];
  const queues = new JobQueues([recording(await env.openQueue(), dispatched)]);
  const relays = Array.from({ length: relayCount }, () => {
    const deadLetters = new DeadLetterStore(db, env.config, new OperationStore(db, new FileStore(db)));
    return new OutboxRelay(env.config, queues, new MessageDispatcher(deadLetters), new WorkerHeartbeat());
  });
  const start = performance.now();
  for (const relay of relays) relay.start();
  await eventually(async () => dispatched.length >= messages, {
    what: 'all are dispatched',
  });
  const took = performance.now() - start;
  await Promise.all(relays.map((relay) => relay.stop()));
  await db.pool.end();
  return { took, dispatched };
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
  it('dispatch each message once', async () => {
    const env = await TestEnvironment.create(backend);
    try {
      const three = await relayAll(env, 3);
      expect(three.dispatched).toHaveLength(messages);
      expect(new Set(three.dispatched).size).toBe(messages);
      if (!isLong) return;
      const one = await relayAll(env, 1);
      figure(
        `${messages} messages dispatched on ${backend}`,
        `by three relays in ${Math.round(three.took)} ms, by one in ${Math.round(one.took)} ms`,
      );
    } finally {
      await env.close();
    }
  });
});
