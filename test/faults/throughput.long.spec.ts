import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { figure, type TestDatabase } from '#libs/testing';
import { jobThroughput } from '../../bench/jobs/job-throughput.js';
import { startTestRedis, type TestRedis } from '../../tools/testing/redis.js';
import { durableDatabase } from '../scale/support/server.js';
import { type Backend, backends } from './support/workers.js';

/** Jobs of a round: a few seconds on either. */
const jobs: Record<Backend, number> = { postgres: 5000, redis: 20_000 };
const rounds = 3;
/** The default of WORKER_CONCURRENCY. */
const concurrency = 32;

/** SPEC section 11. */
const target = 0.8;

let database: TestDatabase;
let redis: TestRedis | undefined;

// Servers that write to their disk, as that is what a job costs; those of the other tests do not.
beforeAll(async () => {
  database = await durableDatabase();
  redis = await startTestRedis({ durable: true });
}, 120_000);
afterAll(async () => {
  await redis?.stop();
  await database.drop();
});

it.each<Backend>(backends)(
  'jobs that do nothing are all done, and what they cost is known (%s)',
  async (backend) => {
    const redisUrl = backend === 'redis' ? redis?.url : undefined;
    const place = { databaseUrl: database.url, redisUrl, concurrency };
    const effort = { jobs: jobs[backend], rounds };
    const { mainstay, baseline, ratio } = await jobThroughput(
      place,
      'bench.idle',
      effort,
      AbortSignal.timeout(240_000),
    );
    expect(ratio.median).toBeGreaterThan(0);
    const verdict = ratio.median >= target ? 'met' : 'not met';
    figure(
      `${effort.jobs} no-op jobs, outbox + relay + worker on ${backend}, ${concurrency} at a time`,
      `${Math.round(mainstay)}/s; BullMQ alone ${Math.round(baseline)}/s; ratio ${ratio.median.toFixed(2)}, target ${target}: ${verdict}`,
    );
  },
  300_000,
);
