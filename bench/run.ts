import { type Consoles, measureConsoles } from './consoles.js';
import { assertSameAnswer } from './answers.js';
import { type DatabaseServer, type Seeded, withDatabaseServer } from './database.js';
import { type Jobs, type JobsEffort, measureJobs } from './jobs/jobs.js';
import { runPart } from './part.js';
import { type RoundTrip, roundTrip } from './round-trip.js';
import { sideBySide } from './side-by-side.js';
import { type StartUp, startUp } from './start-up.js';
import { type Telemetry, telemetry } from './telemetry.js';
import { type Effort, type Throughput, throughput } from './throughput.js';

/** What was measured, which is not everything when a part was cut. */
export interface Results {
  startUp?: StartUp;
  throughput: Throughput[];
  roundTrip?: RoundTrip;
  consoles?: Consoles;
  jobs: Jobs;
  telemetry: Telemetry[];
}

export interface BenchOptions {
  dataDir: string;
  effort: Effort & {
    starts: number;
    samples: number;
    jobs: JobsEffort;
    consoles: { rounds: number; seconds: number };
    partSeconds: number;
    seconds: number;
    /** What a run measures that is asked for nothing else. */
    parts: string[];
  };
  signal: AbortSignal;
  /** Called with a line when a measurement begins. */
  log: (line: string) => void;
}

type Measure = (seeded: Seeded, results: Results, options: Omit<BenchOptions, 'dataDir'>) => Promise<void>;

const parts: Record<string, Measure> = {
  'the start of the API': async ({ url }, results, { effort, signal }) => {
    results.startUp = await startUp(url, effort.starts, signal);
  },
  requests: loads,
  'creating, with a database 10 ms away': async (seeded, results, { effort, signal }) => {
    results.roundTrip = await roundTrip(seeded, effort.samples, signal);
  },
  'open consoles': async (seeded, results, { effort, signal }) => {
    results.consoles = await measureConsoles(seeded, effort.consoles, signal);
  },
  jobs: ({ url }, { jobs }, { effort, signal, log }) => measureJobs(url, effort.jobs, jobs, { signal, log }),
  telemetry: (seeded, results, { effort, signal, log }) =>
    telemetry(seeded, effort, { signal, log }, results.telemetry),
};

/** The effort for figures that may be quoted. */
export const full = {
  rounds: 3,
  loadSeconds: 4,
  warmUp: 4,
  starts: 3,
  samples: 150,
  jobs: { jobs: { Postgres: 5000, Redis: 20_000 }, rounds: 3, latencySamples: 200, concurrencies: [16, 32] },
  consoles: { rounds: 3, seconds: 6 },
  partSeconds: 900,
  seconds: 3600,
  parts: Object.keys(parts),
};

/** The effort for a quick look, which also shows that the benchmark works. It ends within a minute, with fewer figures if need be. */
export const quick = {
  rounds: 1,
  loadSeconds: 1,
  warmUp: 0.5,
  starts: 1,
  samples: 15,
  jobs: { jobs: { Postgres: 1000, Redis: 2000 }, rounds: 1, latencySamples: 10, concurrencies: [32] },
  consoles: { rounds: 1, seconds: 6 },
  partSeconds: 35,
  seconds: 50,
  // These would take the time that jobs need: consoles ask every few seconds.
  parts: Object.keys(parts).filter((name) => name !== 'telemetry' && name !== 'open consoles'),
};

/**
 * Runs the measurements one after the other, so that none disturbs another, each on a database of its own: what one leaves in the
 * outbox is not the work of the next. Returns what was measured, and whether that is everything.
 */
export async function bench(
  options: BenchOptions,
  names: readonly string[],
): Promise<{ results: Results; isComplete: boolean }> {
  const { dataDir, effort, log } = options;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(effort.seconds * 1000)]);
  const results: Results = { throughput: [], jobs: { throughput: [], latency: [] }, telemetry: [] };
  const run = async (server: DatabaseServer) => {
    let isComplete = true;
    for (const name of names) {
      log(`${name} …`);
      const limits = { name, limitMs: effort.partSeconds * 1000, signal, log };
      const isWhole = await runPart(limits, (within) =>
        server.withDatabase((seeded) => parts[name]!(seeded, results, { effort, log, signal: within })),
      );
      isComplete &&= isWhole;
    }
    return isComplete;
  };
  const isComplete = await withDatabaseServer(dataDir, run);
  return { results, isComplete };
}

/** Loads both servers with one kind of request after the other. */
function loads(
  seeded: Seeded,
  results: Results,
  { effort, signal, log }: Omit<BenchOptions, 'dataDir'>,
): Promise<void> {
  return sideBySide(seeded, async ({ ours, theirs, scenarios }) => {
    const all = Object.values(scenarios);
    for (const scenario of all) await assertSameAnswer(ours, theirs, scenario);
    for (const scenario of all) {
      log(`${scenario.name} …`);
      results.throughput.push(await throughput(ours, theirs, scenario, effort, signal));
    }
  });
}
