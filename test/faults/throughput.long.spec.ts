import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrate } from '#libs/database';
import { eventually, figure } from '#libs/testing';
import { ensurePostgres, type EmbeddedPostgres } from '../../tools/embedded-postgres.js';
import { type Backend, backends, redisOfThisProcess, Workers } from './support/workers.js';

const jobs = 5000;
const rounds = 3;
const concurrency = 8;

/** SPEC section 11. */
const target = 0.8;

let dir: string;
let server: EmbeddedPostgres;
let pool: pg.Pool;

// A server that writes to its disk, as the commits are what a job costs; the one of the tests does not.
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mainstay-throughput-'));
  server = await ensurePostgres({ dir });
  await migrate({ connectionString: server.url, folder: resolve('drizzle') });
  pool = new pg.Pool({ connectionString: server.url, max: 4 });
}, 120_000);
afterAll(async () => {
  await pool.end();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

async function bullmqAlone(redisUrl: string | undefined): Promise<number> {
  const child = fork('dist/bench/jobs/bullmq-alone.js', {
    env: {
      DATABASE_URL: server.url,
      JOBS: String(jobs),
      CONCURRENCY: String(concurrency),
      ...(redisUrl && { REDIS_URL: redisUrl }),
    },
    execArgv: [],
  });
  const [ms] = (await once(child, 'message')) as [number];
  child.disconnect();
  await once(child, 'exit');
  return jobs / (ms / 1000);
}

/** From the commit of the promises to the commit of the last job. */
async function mainstay(redisUrl: string | undefined): Promise<number> {
  await pool.query('drop table if exists effects, starts; truncate inbox');
  const workers = await Workers.on({ url: server.url, pool, drop: () => Promise.resolve() }, redisUrl, {
    WORKER_CONCURRENCY: String(concurrency),
  });
  await workers.start();
  const startedAt = performance.now();
  await workers.promise(jobs, 'sample.idle');
  await eventually(async () => (await pool.query('select from inbox')).rowCount === jobs, {
    what: 'all jobs are done',
    withinMs: 120_000,
  });
  const perSecond = jobs / ((performance.now() - startedAt) / 1000);
  await workers.close();
  return perSecond;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

it.each<Backend>(backends)(
  'jobs that do nothing are all done, and what they cost is known (%s)',
  async (backend) => {
    const redisUrl = backend === 'redis' ? await redisOfThisProcess() : undefined;
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      theirs.push(await bullmqAlone(redisUrl));
      ours.push(await mainstay(redisUrl));
    }
    const ratio = median(ours) / median(theirs);
    expect(ratio).toBeGreaterThan(0);
    figure(
      `${jobs} no-op jobs, outbox + relay + worker on ${backend}`,
      `${Math.round(median(ours))}/s; BullMQ alone ${Math.round(median(theirs))}/s; ratio ${ratio.toFixed(2)}, target ${target}: ${ratio >= target ? 'met' : 'not met'}`,
    );
  },
  300_000,
);
