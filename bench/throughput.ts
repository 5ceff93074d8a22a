import { type Load, load } from './load.js';
import type { Scenario } from './scenarios.js';
import type { Server } from './server.js';
import { type Spread, spread } from './statistics.js';

export interface Throughput {
  scenario: string;
  target: number;
  mainstay: Load;
  baseline: Load;
  /** The ratio of Mainstay to the baseline: of the medians, with the spread of the rounds, which compare neighbours in time. */
  requestsRatio: Spread;
  cpuRatio: Spread;
}

export interface Effort {
  rounds: number;
  /** Seconds of each measurement. */
  loadSeconds: number;
  /** Seconds before the first measurement, in which the compiler and the caches warm up. */
  warmUp: number;
}

/** Measures both servers alternately, A B A B …, so that other work of the machine affects both. */
export async function throughput(
  ours: Server,
  theirs: Server,
  scenario: Scenario,
  { rounds, loadSeconds, warmUp }: Effort,
  signal: AbortSignal,
): Promise<Throughput> {
  for (const server of [ours, theirs]) await load(server, scenario, warmUp, signal);
  const our: Load[] = [];
  const their: Load[] = [];
  for (let round = 0; round < rounds; round += 1) {
    our.push(await load(ours, scenario, loadSeconds, signal));
    their.push(await load(theirs, scenario, loadSeconds, signal));
  }
  const mainstay = middle(our);
  const baseline = middle(their);
  const ratio = (of: (load: Load) => number): Spread => ({
    ...spread(our.map((load, round) => of(load) / of(their[round]!))),
    median: of(mainstay) / of(baseline),
  });
  return {
    scenario: scenario.name,
    target: scenario.target,
    mainstay,
    baseline,
    requestsRatio: ratio(({ requestsPerSecond }) => requestsPerSecond),
    cpuRatio: ratio(({ cpuPerRequest }) => cpuPerRequest),
  };
}

function middle(loads: Load[]): Load {
  return {
    requestsPerSecond: spread(loads.map(({ requestsPerSecond }) => requestsPerSecond)).median,
    cpuPerRequest: spread(loads.map(({ cpuPerRequest }) => cpuPerRequest)).median,
  };
}
