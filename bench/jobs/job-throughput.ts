import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Spread, spread } from '../statistics.js';
import { bullmqAlone, type Place, startWorker } from './processes.js';

export interface JobThroughput {
  what: string;
  concurrency: number;
  /** Jobs a second, medians. */
  mainstay: number;
  yardstick: number;
  /** Mainstay / yardstick, of the medians; the spread is that of the rounds. */
  ratio: Spread;
}

/** A job of `sample-work.ts`, and what its counterpart does. */
const effects = { 'bench.idle': 'none', 'bench.note': 'row' } as const;
export type MeasuredJob = keyof typeof effects;

/** Promises that are committed together: as many as the yardstick adds at once. */
const batchSize = 500;

/** Milliseconds between two looks whether all is done. */
const lookEvery = 20;

/** Milliseconds for the connections, schedules and first looks of a worker that has just started. */
const settleFor = 1500;

/** Both by turns, A B A B …, each round with processes of its own. */
export async function jobThroughput(
  place: Place,
  job: MeasuredJob,
  { jobs, rounds }: { jobs: number; rounds: number },
  signal: AbortSignal,
): Promise<Omit<JobThroughput, 'what'>> {
  const our: number[] = [];
  const their: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    signal.throwIfAborted();
    their.push(jobs / ((await bullmqAlone(place, jobs, effects[job])) / 1000));
    our.push(jobs / ((await mainstay(place, job, jobs, signal)) / 1000));
  }
  const [mainstayMedian, yardstickMedian] = [spread(our).median, spread(their).median];
  const ratios = spread(our.map((perSecond, round) => perSecond / their[round]!));
  return {
    concurrency: place.concurrency,
    mainstay: mainstayMedian,
    yardstick: yardstickMedian,
    ratio: { ...ratios, median: mainstayMedian / yardstickMedian },
  };
}

/** Milliseconds from the first promise, its commit included, until the last job is done. */
async function mainstay(place: Place, job: MeasuredJob, jobs: number, signal: AbortSignal): Promise<number> {
  const client = new pg.Client({ connectionString: place.databaseUrl });
  await client.connect();
  const worker = await startWorker(place);
  try {
    await client.query('truncate inbox');
    await delay(settleFor);
    const startedAt = performance.now();
    for (let promised = 0; promised < jobs; promised += batchSize)
      await promise(client, job, Math.min(batchSize, jobs - promised));
    while (await isAnyLeft(client)) {
      if (worker.child.exitCode !== null) throw new Error('The worker ended while it was measured.');
      await delay(lookEvery, undefined, { signal });
    }
    const took = performance.now() - startedAt;
    await mustBeDone(client, job, jobs);
    return took;
  } finally {
    await worker.stop();
    await client.end();
  }
}

async function promise(client: pg.Client, job: MeasuredJob, jobs: number): Promise<void> {
  await client.query(
    `insert into outbox (id, queue, name, version, payload, headers)
     select gen_random_uuid(), 'default', $2, 1, '{}', jsonb_build_object('enqueued_at', now())
     from generate_series(1, $1)`,
    [jobs, job],
  );
  await client.query('notify outbox'); // As JobsService does after the commit.
}

/** A message stands in one of the two until it is settled. Costs less than to count what is done. */
async function isAnyLeft(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ left: boolean }>(
    'select exists (select from outbox) or exists (select from dispatched_messages) as left',
  );
  return rows[0]!.left;
}

async function mustBeDone(client: pg.Client, job: MeasuredJob, jobs: number): Promise<void> {
  const { rows } = await client.query<{ done: number }>(
    'select count(*)::int as done from inbox where consumer = $1',
    [job],
  );
  if (rows[0]!.done !== jobs) throw new Error(`${rows[0]!.done} of ${jobs} jobs were done.`);
}
