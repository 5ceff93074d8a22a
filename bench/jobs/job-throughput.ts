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

/** Milliseconds between two looks whether all is done: a look reads the whole inbox, and costs one at 5,000 jobs. */
const lookEvery = 50;

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
    our.push(jobs / ((await mainstay(place, job, jobs)) / 1000));
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

/** Milliseconds from the promises, their commit included, until the last job is done. */
async function mainstay(place: Place, job: MeasuredJob, jobs: number): Promise<number> {
  const client = new pg.Client({ connectionString: place.databaseUrl });
  await client.connect();
  const worker = await startWorker(place);
  try {
    await client.query('truncate inbox');
    await delay(settleFor);
    const startedAt = performance.now();
    await client.query(
      `insert into outbox (id, queue, name, version, payload, headers)
       select gen_random_uuid(), 'default', $2, 1, '{}', jsonb_build_object('enqueued_at', now())
       from generate_series(1, $1)`,
      [jobs, job],
    );
    await client.query('notify outbox'); // As JobsService does after the commit.
    while ((await countDone(client, job)) < jobs) await delay(lookEvery);
    return performance.now() - startedAt;
  } finally {
    await worker.stop();
    await client.end();
  }
}

async function countDone(client: pg.Client, job: MeasuredJob): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    'select count(*)::int as count from inbox where consumer = $1',
    [job],
  );
  return rows[0]!.count;
}
