import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually, figure, type Passing } from '#libs/testing';
import { type Backend, backends, queueOf, Workers } from '../faults/support/workers.js';
import { promise } from './support/promises.js';
import { durableDatabase } from './support/server.js';
import { percentile, percentiles } from './support/statistics.js';

const waiting = 1_000_000;
const delayed = 100_000;
const aDay = 86_400;

/** Jobs of others, one every so many milliseconds. */
const probes = 200;
const every = 100;

/** Milliseconds, p99. */
const longestClaim = 20;
/** Milliseconds, p99, from the commit of a promise to the commit of its job: what others notice of the backlog. */
const longestWait = 1000;

/** One for each core: with more, a claim waits for a core most of its time, backlog or not. */
const concurrency = '2';

/** Jobs before anything is timed: connections, plans and compiled code are those of a worker that has run for a while. */
const warmUpJobs = 2000;

const partitionKey = () => `owner:default:${randomUUID()}`;

/** Times what a worker asks BullMQ's tables for: to claim a job, or to end one and claim the next. */
class ClaimWatch {
  readonly milliseconds: number[] = [];
  readonly #begun = new Map<number, number>();

  read({ connection, from, bytes }: Passing): 'pass' {
    const begun = this.#begun.get(connection);
    if (from === 'client') {
      if (/move_to_(active|\w+_fetch)\(/.test(bytes.toString('latin1')))
        this.#begun.set(connection, performance.now());
    } else if (begun !== undefined) {
      this.milliseconds.push(performance.now() - begun);
      this.#begun.delete(connection);
    }
    return 'pass';
  }
}

async function warmUp({ db }: Workers): Promise<void> {
  await eventually(
    async () => {
      const { rows } = await db.pool.query<{ done: number }>('select count(*)::int as done from inbox');
      return rows[0]!.done >= warmUpJobs;
    },
    { what: 'the worker is warm' },
  );
}

/** Jobs of somebody else each time; milliseconds from promise to end. */
async function waitsOfOthers(workers: Workers): Promise<number[]> {
  const promised = new Map<string, number>();
  for (let n = 0; n < probes; n += 1, await sleep(every))
    promised.set(await promise(workers.db.pool, 1, { partitionKey: partitionKey() }), Date.now());
  const done = await eventually(
    async () => {
      const { rows } = await workers.db.pool.query<{ id: string; at: Date }>(
        'select message_id as id, processed_at as at from inbox where message_id = any($1)',
        [[...promised.keys()]],
      );
      return rows.length === probes && rows;
    },
    { what: 'the jobs of others are done' },
  );
  return done.map(({ id, at }) => at.getTime() - promised.get(id)!);
}

/** The 99th percentile of everything that Redis was asked to run, in milliseconds: claims are among it. */
async function slowestScripts(url: string): Promise<number> {
  const redis = new Redis(url);
  const stats = await redis.info('latencystats');
  redis.disconnect();
  const usec = [...stats.matchAll(/evalsha:.*?p99=([\d.]+)/g)].map(([, value]) => Number(value));
  return Math.max(...usec) / 1000;
}

it.each<Backend>(backends)(
  'a million waiting jobs and many delayed ones slow no claim, and others hardly wait for them (%s)',
  async (backend) => {
    const redis = await queueOf(backend);
    const workers = await Workers.on(await durableDatabase(), redis, { WORKER_CONCURRENCY: concurrency });
    try {
      await promise(workers.db.pool, waiting, { partitionKey: partitionKey() });
      await promise(workers.db.pool, delayed, { seconds: aDay });
      await workers.db.pool.query('vacuum analyze outbox');
      const claims = new ClaimWatch();
      await workers.start(({ proxies }) => proxies.database!.watch((passing) => claims.read(passing)));
      await warmUp(workers);
      claims.milliseconds.length = 0;
      const waits = await waitsOfOthers(workers);
      const claimed = redis ? await slowestScripts(redis.url) : percentile(claims.milliseconds, 0.99);
      figure(
        `${waiting} waiting jobs of one owner and ${delayed} delayed ones, on ${backend}`,
        `a claim ${redis ? `p99 ${claimed.toFixed(1)} ms` : percentiles(claims.milliseconds)}; ` +
          `jobs of others, promise to end: ${percentiles(waits)}`,
      );
      expect(redis !== undefined || claims.milliseconds.length > probes).toBe(true);
      expect(claimed).toBeLessThan(longestClaim);
      expect(percentile(waits, 0.99)).toBeLessThan(longestWait);
    } finally {
      await workers.close();
    }
  },
  300_000,
);
