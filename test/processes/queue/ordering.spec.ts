import { expect, it } from '@jest/globals';
import { backends, type ForkedWorker, forkWorker, recordSlowly, TestEnvironment } from '#libs/queue/testing';
import { eventually } from '#libs/testing';

const keys = 30;
const messagesOfKey = 12;

async function enqueueAll(env: TestEnvironment): Promise<void> {
  for (let number = 0; number < messagesOfKey; number += 1) {
    await env.db.transaction(async () => {
      for (let key = 0; key < keys; key += 1)
        env.enqueueInTransaction(recordSlowly, { label: `${key}:${number}` }, { orderingKey: `key ${key}` });
    });
  }
}

// The backends at the same time: most of it is waiting for the locks of the dead.
it.concurrent.each(backends)(
  'messages with an ordering key on %s are done in the order in which they were enqueued, each once, while workers are killed',
  async (backend) => {
    await using closing = new AsyncDisposableStack();
    const env = await TestEnvironment.create(backend);
    closing.defer(() => env.close());
    const startProcess = async (): Promise<ForkedWorker> => {
      const worker = await forkWorker(env);
      closing.defer(() => worker.end());
      return worker;
    };

    const workers = await Promise.all([startProcess(), startProcess()]);
    await enqueueAll(env);
    const done = async () => Number((await env.rows('select count(*) from effects'))[0]!.count);
    for (const part of [0.2, 0.3]) {
      await eventually(async () => (await done()) >= part * keys * messagesOfKey, {
        what: `${part} of the jobs are done`,
      });
      await workers.shift()!.end();
      workers.push(await startProcess());
    }
    await eventually(async () => (await done()) === keys * messagesOfKey, { what: 'all jobs are done' });
    const effects = await env.rows<{ label: string }>('select label from effects order by number');
    const byKey = Map.groupBy(effects, ({ label }) => label.split(':')[0]);
    const inOrder = Array.from({ length: messagesOfKey }, (_, number) => number);
    for (const own of byKey.values())
      expect(own.map(({ label }) => Number(label.split(':')[1]))).toEqual(inOrder);
    expect(byKey.size).toBe(keys);
  },
);
