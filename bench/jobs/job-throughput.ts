import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Spread, spread } from '../statistics.js';
import { bullmqAlone, type JobsSetup, startWorker } from './processes.js';

export interface JobThroughput {
  what: string;
  concurrency: number;
  /** Jobs a second: the medians of the rounds. */
  mainstay: number;
  baseline: number;
  /** The ratio of Mainstay to the baseline: of the medians, with the spread of the rounds. */
  ratio: Spread;
}

/** The measured jobs of `sample-work.ts`, with the effect of each in the baseline. */
const effects = { 'bench.idle': 'none', 'bench.note': 'row' } as const;
export type MeasuredJob = keyof typeof effects;

/** Jobs that one transaction enqueues: as many as the baseline adds at once. */
const batchSize = 500;

/** Milliseconds between two checks for remaining jobs. */
const pollEvery = 20;

/** Milliseconds for the connections, schedules and first polls of a worker that has just started. */
const settleFor = 1500;

/** Measures both alternately, A B A B …, with new processes in each round. */
export async function jobThroughput(
  setup: JobsSetup,
  job: MeasuredJob,
  { jobs, rounds }: { jobs: number; rounds: number },
  signal: AbortSignal,
): Promise<Omit<JobThroughput, 'what'>> {
  const our: number[] = [];
  const their: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    signal.throwIfAborted();
    their.push(jobs / ((await bullmqAlone(setup, jobs, effects[job])) / 1000));
    our.push(jobs / ((await mainstay(setup, job, jobs, signal)) / 1000));
  }
  const [mainstayMedian, baselineMedian] = [spread(our).median, spread(their).median];
  const ratios = spread(our.map((perSecond, round) => perSecond / their[round]!));
  return {
    concurrency: setup.concurrency,
    mainstay: mainstayMedian,
    baseline: baselineMedian,
    ratio: { ...ratios, median: mainstayMedian / baselineMedian },
  };
}

/** Returns the milliseconds from the first enqueue, with its commit, until the last job is done. */
async function mainstay(
  setup: JobsSetup,
  job: MeasuredJob,
  jobs: number,
  signal: AbortSignal,
): Promise<number> {
  const worker = await startWorker(setup);
  const client = new pg.Client({ connectionString: setup.databaseUrl });
  // A database that is dropped because the part was cut ends its connections; the query under way tells it.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('truncate inbox');
    await delay(settleFor);
    const startedAt = performance.now();
    for (let enqueued = 0; enqueued < jobs; enqueued += batchSize)
      await enqueue(client, job, Math.min(batchSize, jobs - enqueued));
    while (await isAnyLeft(client)) {
      if (worker.child.exitCode !== null) throw new Error('The worker ended while it was measured.');
      await delay(pollEvery, undefined, { signal });
    }
    const took = performance.now() - startedAt;
    await mustBeDone(client, job, jobs);
    return took;
  } finally {
    await client.end();
    await worker.stop();
  }
}

async function enqueue(client: pg.Client, job: MeasuredJob, jobs: number): Promise<void> {
  await client.query(
    `insert into outbox (id, queue, name, version, payload, headers)
     select gen_random_uuid(), 'default', $2, 1, '{}', jsonb_build_object('enqueued_at', now())
     from generate_series(1, $1)`,
    [jobs, job],
  );
  await client.query('notify outbox'); // JobsService does this after the commit.
}

/** Returns true while a message is in one of the two tables. This costs less than counting the completed jobs. */
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
