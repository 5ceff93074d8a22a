import { client, dataOf } from '../../data/client.js';
import { type JobFigures, period } from '../../data/ops.js';
import { seldom, useResource } from '../../data/resource.js';
import { count, figure } from '../../data/words.js';
import type { HeatCell } from '../../ui/heatmap.js';
import { A, Empty, LoadState } from '../../ui/parts.js';
import { Period } from '../../ui/period.js';
import { type Column, Table } from '../../ui/table.js';
import { SeriesHeatmap } from './series.js';

const columns: Column<JobFigures>[] = [
  { title: 'Job', isMain: true, cell: ({ job }) => <A to={`/jobs?name=${job}`}>{job}</A> },
  { title: 'A minute', isNumber: true, isMinor: true, cell: (row) => figure(row.started_per_minute, '') },
  { title: 'Succeeded', isNumber: true, cell: ({ succeeded }) => count(succeeded) },
  { title: 'Retried', isNumber: true, isMinor: true, cell: ({ retried }) => count(retried) },
  {
    title: 'Failed',
    isNumber: true,
    cell: ({ job, failed }) => <A to={`/dead-letters?name=${job}`}>{count(failed)}</A>,
  },
  { title: 'Wait 50 %', isNumber: true, isMinor: true, cell: ({ wait }) => figure(wait.p50, 's') },
  { title: 'Wait 99 %', isNumber: true, cell: ({ wait }) => figure(wait.p99, 's') },
  { title: 'Run 50 %', isNumber: true, isMinor: true, cell: ({ run }) => figure(run.p50, 's') },
  { title: 'Run 99 %', isNumber: true, cell: ({ run }) => figure(run.p99, 's') },
  { title: 'CPU', isNumber: true, isMinor: true, cell: ({ cost }) => figure(cost.cpu_seconds, 's') },
];

/** Milliseconds between two samples: what a cell counts was measured since the sample before. */
const sampleEvery = 10_000;

const addressOf = (filters: Record<string, string | number | undefined>) =>
  `/jobs?${new URLSearchParams(
    Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  ).toString()}`;

const beginOf = ({ at }: HeatCell) => new Date(Date.parse(at) - sampleEvery).toISOString();

const jobsThatBegan = (cell: HeatCell) =>
  addressOf({
    started_after: beginOf(cell),
    started_before: cell.until,
    waited_over: cell.over,
    waited_up_to: cell.upTo,
  });

const jobsThatEnded = (cell: HeatCell) =>
  addressOf({
    finished_after: beginOf(cell),
    finished_before: cell.until,
    ran_over: cell.over,
    ran_up_to: cell.upTo,
  });

/** How long jobs wait and how long they run: as distributions, because a mean of both says nothing. */
export function Work() {
  const jobs = useResource(
    `job figures ${period()}`,
    async () => dataOf(await client.GET('/v1/ops/jobs', { params: { query: { period: period() } } })).data,
    { every: seldom },
  );
  return (
    <>
      <Period />
      <div class="charts">
        <SeriesHeatmap metric="jobs.wait" title="Wait, from due to begun" linkOf={jobsThatBegan} />
        <SeriesHeatmap metric="jobs.duration" title="Run, of each attempt" linkOf={jobsThatEnded} />
      </div>
      <LoadState of={jobs} />
      {jobs.data &&
        (jobs.data.length > 0 ? (
          <Table name="Jobs by name" rows={jobs.data} columns={columns} keyOf={({ job }) => job} />
        ) : (
          <Empty title="No job ran in this period">
            <p>
              Choose a longer period, or run <code>npm run demo</code>. Jobs that wait stand in their{' '}
              <A to="/queues">queues</A>.
            </p>
          </Empty>
        ))}
    </>
  );
}
