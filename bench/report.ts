import { type Consoles, consoles } from './consoles.js';
import type { JobLatency } from './jobs/job-latency.js';
import type { JobThroughput } from './jobs/job-throughput.js';
import type { Jobs } from './jobs/jobs.js';
import type { RoundTrip } from './round-trip.js';
import type { Results } from './run.js';
import type { StartUp } from './start-up.js';
import type { Telemetry } from './telemetry.js';
import type { Throughput } from './throughput.js';

interface Line {
  what: string;
  mainstay: string;
  baseline?: string;
  ratio?: string;
  target?: string;
  met?: boolean;
}

/** The targets of docs/performance.md in milliseconds and MB. The scenarios hold those of the loads. */
const targets = { extra: 1, consoles: 1.1, ready: 2000, idleMb: 150, jobs: 0.8, startP50: 30, startP99: 300 };

/** Returns the results as a table for people, with each target and whether it is met. */
export function report({ throughput, roundTrip, consoles: open, startUp, jobs, telemetry }: Results): string {
  const lines: Line[] = [
    ...throughput.flatMap(linesOf),
    ...(roundTrip ? linesOfRoundTrip(roundTrip) : []),
    ...(open ? [lineOfConsoles(open)] : []),
    ...(startUp ? linesOfStartUp(startUp) : []),
    ...linesOfJobs(jobs),
    ...telemetry.flatMap(linesOfTelemetry),
  ];
  return table(lines);
}

function linesOfRoundTrip(roundTrip: RoundTrip): Line[] {
  return [
    {
      what: `create, database ${roundTrip.roundTrip.toFixed(1)} ms away: p50, ms`,
      mainstay: roundTrip.mainstay.p50.toFixed(1),
      baseline: roundTrip.baseline.p50.toFixed(1),
      ratio: `+${roundTrip.extra.toFixed(2)}`,
      target: `≤ +${targets.extra}`,
      met: roundTrip.extra <= targets.extra,
    },
    {
      what: 'round trips of a create',
      mainstay: roundTrip.mainstay.roundTrips.toFixed(1),
      baseline: roundTrip.baseline.roundTrips.toFixed(1),
    },
  ];
}

/** Its baseline is the same server while nobody looks. */
function lineOfConsoles({ without, with: during, ratio: { median, min, max } }: Consoles): Line {
  return {
    what: `reading a user, ${consoles} consoles open (baseline: none): p95, ms`,
    mainstay: during.toFixed(1),
    baseline: without.toFixed(1),
    ratio: `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`,
    target: `≤ ${targets.consoles.toFixed(2)}`,
    met: median <= targets.consoles,
  };
}

function linesOfStartUp(startUp: StartUp): Line[] {
  return [
    {
      what: 'API, start to ready: ms',
      mainstay: startUp.ready.toFixed(0),
      target: `≤ ${targets.ready}`,
      met: startUp.ready <= targets.ready,
    },
    {
      what: 'API, resident memory idle: MB',
      mainstay: startUp.idleMb.toFixed(0),
      target: `≤ ${targets.idleMb}`,
      met: startUp.idleMb <= targets.idleMb,
    },
  ];
}

function linesOfJobs({ throughput, latency }: Jobs): Line[] {
  return [...throughput.map(lineOfJobs), ...latency.flatMap(linesOfLatency)];
}

function lineOfJobs({
  what,
  concurrency,
  mainstay,
  baseline,
  ratio: { median, min, max },
}: JobThroughput): Line {
  return {
    what: `${what}, ${concurrency} at a time: jobs/s`,
    mainstay: mainstay.toFixed(0),
    baseline: baseline.toFixed(0),
    ratio: `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`,
    target: `≥ ${targets.jobs.toFixed(2)}`,
    met: median >= targets.jobs,
  };
}

function linesOfLatency({ backend, p50, p99 }: JobLatency & { backend: string }): Line[] {
  const line = (name: string, value: number, target: number): Line => ({
    what: `enqueue to start of a job on ${backend}, ${name}: ms`,
    mainstay: value.toFixed(1),
    target: `≤ ${target}`,
    met: value <= target,
  });
  return [line('p50', p50, targets.startP50), line('p99', p99, targets.startP99)];
}

/** The baseline is an API of Mainstay, too, without telemetry. */
function linesOfTelemetry(result: Telemetry): Line[] {
  const { mainstay, baseline } = result.residentMb;
  return [
    ...linesOf(result),
    {
      what: `${result.scenario}: resident memory, MB`,
      mainstay: mainstay.toFixed(0),
      baseline: baseline.toFixed(0),
      ratio: (mainstay / baseline).toFixed(2),
    },
  ];
}

function linesOf({ scenario, target, mainstay, baseline, requestsRatio, cpuRatio }: Throughput): Line[] {
  const ratio = ({ median, min, max }: typeof cpuRatio) =>
    `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
  return [
    {
      what: `${scenario}: requests/s`,
      mainstay: mainstay.requestsPerSecond.toFixed(0),
      baseline: baseline.requestsPerSecond.toFixed(0),
      ratio: ratio(requestsRatio),
      target: `≥ ${target.toFixed(2)}`,
      met: requestsRatio.median >= target,
    },
    {
      what: `${scenario}: CPU µs/request`,
      mainstay: mainstay.cpuPerRequest.toFixed(0),
      baseline: baseline.cpuPerRequest.toFixed(0),
      ratio: ratio(cpuRatio),
    },
  ];
}

function table(lines: Line[]): string {
  const rows = [
    ['', 'Mainstay', 'baseline', 'ratio (rounds)', 'target', ''],
    ...lines.map(({ what, mainstay, baseline = '', ratio = '', target = '', met }) => [
      what,
      mainstay,
      baseline,
      ratio,
      target,
      met === undefined ? '' : met ? 'met' : 'not met',
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}
