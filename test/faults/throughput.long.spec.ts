import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { migrate } from '#libs/database';
import { figure } from '#libs/testing';
import { jobThroughput } from '../../bench/jobs/job-throughput.js';
import { ensurePostgres, type EmbeddedPostgres } from '../../tools/embedded-postgres.js';
import { startTestRedis, type TestRedis } from '../../tools/testing/redis.js';
import { type Backend, backends } from './support/workers.js';

/** Jobs of a round: a few seconds on either. */
const jobs: Record<Backend, number> = { postgres: 5000, redis: 20_000 };
const rounds = 3;
/** The default of WORKER_CONCURRENCY. */
const concurrency = 32;

/** SPEC section 11. */
const target = 0.8;

let dir: string;
let server: EmbeddedPostgres;
let redis: TestRedis | undefined;

// Servers that write to their disk, as that is what a job costs; those of the other tests do not.
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mainstay-throughput-'));
  server = await ensurePostgres({ dir });
  await migrate({ connectionString: server.url, folder: resolve('drizzle') });
  redis = await startTestRedis({ durable: true });
}, 120_000);
afterAll(async () => {
  await redis?.stop();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

it.each<Backend>(backends)(
  'jobs that do nothing are all done, and what they cost is known (%s)',
  async (backend) => {
    const redisUrl = backend === 'redis' ? redis?.url : undefined;
    const place = { databaseUrl: server.url, redisUrl, concurrency };
    const effort = { jobs: jobs[backend], rounds };
    const { mainstay, yardstick, ratio } = await jobThroughput(
      place,
      'bench.idle',
      effort,
      AbortSignal.timeout(240_000),
    );
    expect(ratio.median).toBeGreaterThan(0);
    const verdict = ratio.median >= target ? 'met' : 'not met';
    figure(
      `${effort.jobs} no-op jobs, outbox + relay + worker on ${backend}, ${concurrency} at a time`,
      `${Math.round(mainstay)}/s; BullMQ alone ${Math.round(yardstick)}/s; ratio ${ratio.median.toFixed(2)}, target ${target}: ${verdict}`,
    );
  },
  300_000,
);
