import { describe, expect, it } from '@jest/globals';
import { eventually, figure, sized, verdict } from '#libs/testing';
import { spread } from './support/spread.js';
import { backends, Workers } from './support/workers.js';

const rounds = sized(1, 10);

/** Milliseconds from the silence to the end of a job that was enqueued in it, at most. */
const doneMs = { postgres: 15_000, redis: 20_000 };

describe.each(backends)('a worker on %s', (backend) => {
  it.each(backend === 'redis' ? ['redis', 'database'] : ['database'])(
    'whose connections to the %s fall silent does its jobs on new ones',
    async (server) => {
      const workers = await Workers.create(backend);
      try {
        const { child, proxies } = await workers.start();
        const took: number[] = [];
        for (let round = 0; round < rounds; round += 1) {
          const before = await workers.enqueue(5);
          await eventually(() => workers.isDone(before), { what: 'work goes on' });
          proxies[server]!.silence();
          const silentAt = performance.now();
          const ids = await workers.enqueue(5);
          await eventually(() => workers.isDone(ids), { what: 'the jobs are done' });
          took.push(performance.now() - silentAt);
        }
        const { effects, messages, dead } = await workers.effects();
        expect({ effects, dead }).toEqual({ effects: messages, dead: 0 });
        expect(child.exitCode ?? child.signalCode).toBeNull();
        const limit = server === 'redis' ? doneMs.redis : doneMs.postgres;
        figure(
          `Connections to the ${server} silent (queues in ${backend})`,
          `${rounds} × jobs done after ${spread(took)}, ${verdict(Math.max(...took), limit)}`,
        );
      } finally {
        await workers.close();
      }
    },
  );
});
