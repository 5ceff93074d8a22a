import { assertSameAnswer } from './answers.js';
import { type Seeded, withDatabase } from './database.js';
import { type Jobs, type JobsEffort, measureJobs } from './jobs/jobs.js';
import { type RoundTrip, roundTrip } from './round-trip.js';
import { sideBySide } from './side-by-side.js';
import { type StartUp, startUp } from './start-up.js';
import { type Effort, type Throughput, throughput } from './throughput.js';

export interface Results {
  startUp: StartUp;
  throughput: Throughput[];
  roundTrip: RoundTrip;
  jobs: Jobs;
}

export interface BenchOptions {
  dataDir: string;
  effort: Effort & { starts: number; samples: number; jobs: JobsEffort };
  signal: AbortSignal;
  /** Called with a line when a measurement begins. */
  log: (line: string) => void;
}

/** The effort for figures that may be quoted. */
export const full = {
  rounds: 3,
  seconds: 4,
  warmUp: 4,
  starts: 3,
  samples: 150,
  jobs: { jobs: { Postgres: 5000, Redis: 20_000 }, rounds: 3, latencySamples: 200 },
};

/** The effort for a quick look, which also shows that the benchmark works. */
export const quick = {
  rounds: 1,
  seconds: 1.5,
  warmUp: 1,
  starts: 1,
  samples: 30,
  jobs: { jobs: { Postgres: 1000, Redis: 4000 }, rounds: 1, latencySamples: 20 },
};

/** Runs the measurements one after the other, so that none disturbs another. Throws when one is not valid. */
export function bench({ dataDir, effort, signal, log }: BenchOptions): Promise<Results> {
  log('making the database …');
  return withDatabase(dataDir, async (seeded) => {
    log('starting the API …');
    const starts = await startUp(seeded.url, effort.starts, signal);
    const loaded = await loads(seeded, { effort, signal, log });
    log('creating, with a database 10 ms away …');
    const far = await roundTrip(seeded, effort.samples, signal);
    const jobs = await measureJobs(seeded.url, effort.jobs, { signal, log });
    return { startUp: starts, throughput: loaded, roundTrip: far, jobs };
  });
}

/** Measures only the jobs. */
export function benchJobs({ dataDir, effort, signal, log }: BenchOptions): Promise<Jobs> {
  log('making the database …');
  return withDatabase(dataDir, ({ url }) => measureJobs(url, effort.jobs, { signal, log }));
}

/** Loads both servers with one kind of request after the other. */
function loads(
  seeded: Seeded,
  { effort, signal, log }: Omit<BenchOptions, 'dataDir'>,
): Promise<Throughput[]> {
  return sideBySide(seeded, async ({ ours, theirs, scenarios }) => {
    const all = Object.values(scenarios);
    for (const scenario of all) await assertSameAnswer(ours, theirs, scenario);
    const results: Throughput[] = [];
    for (const scenario of all) {
      log(`${scenario.name} …`);
      results.push(await throughput(ours, theirs, scenario, effort, signal));
    }
    return results;
  });
}
