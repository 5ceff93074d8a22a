import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { failWithProblem, startWorker, TestEnvironment } from '#libs/queue/testing';
import { eventually, TestMeter } from '#libs/testing';
import { JobsWorkerModule } from '../index.js';

describe('gauges of the queues', () => {
  let meter: TestMeter;
  let env: TestEnvironment;
  let worker: INestApplicationContext;

  beforeAll(async () => {
    meter = TestMeter.install();
    env = await TestEnvironment.create('postgres');
    worker = await startWorker(env.config, { imports: [JobsWorkerModule] });
  });
  afterAll(async () => {
    await worker.close();
    await env.close();
    meter.uninstall();
  });

  it('tell how many jobs are in which state', async () => {
    await env.enqueue(failWithProblem, { label: randomUUID() });
    const dead = JSON.stringify({ value: 1, by: { queue: 'default', state: 'dead' } });
    await eventually(
      async () => (await meter.observe('jobs.queue_depth')).some((one) => JSON.stringify(one) === dead),
      { what: 'the dead letter is counted' },
    );
    const states = (await meter.observe('jobs.queue_depth')).filter(({ by }) => by.queue === 'default');
    expect(states.map(({ by }) => by.state)).toEqual(['waiting', 'active', 'delayed', 'dead', 'outbox']);
  });

  it('tell for how long a message waits in the outbox', async () => {
    // In a queue that no worker works on: it is paused from the start.
    await env.rows(`insert into queue_controls (name, state) values ('bulk', 'paused')`);
    await env.rows(`insert into outbox (id, queue, name, version, payload, headers, available_at)
      values (gen_random_uuid(), 'bulk', 'sample.count', 1, '{}', '{}', now() - interval '1 hour')`);
    const [age] = await eventually(
      async () => {
        const ages = (await meter.observe('jobs.outbox_age')).filter(({ by }) => by.queue === 'bulk');
        return ages.length > 0 && ages;
      },
      { what: 'the message is counted' },
    );
    expect(age?.value).toBeGreaterThanOrEqual(3600);
  });
});
