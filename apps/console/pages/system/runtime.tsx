import { client, dataOf } from '../../data/client.js';
import type { ProcessFigures } from '../../data/ops.js';
import { often, useResource } from '../../data/resource.js';
import { figure, shortId } from '../../data/words.js';
import { LoadState, State, Time } from '../../ui/parts.js';
import { Period } from '../../ui/period.js';
import { type Column, Table } from '../../ui/table.js';
import { LevelOfLog } from './log-level.js';
import { SeriesChart } from './series.js';

const wordsOf = ({ app, host, pid }: ProcessFigures['instance']) => `${app} ${host}:${pid}`;

const columns: Column<ProcessFigures>[] = [
  {
    title: 'Process',
    isMain: true,
    cell: ({ instance }) => wordsOf(instance),
  },
  { title: 'State', cell: ({ instance: { state } }) => <State of={state} plain={state === 'up'} /> },
  { title: 'Seen', isMinor: true, cell: ({ instance }) => <Time at={instance.last_seen_at} /> },
  { title: 'Started', isMinor: true, cell: ({ instance }) => <Time at={instance.started_at} /> },
  { title: 'Release', isMinor: true, cell: ({ instance }) => instance.version },
  { title: 'Log', isMinor: true, cell: ({ instance }) => instance.log_level ?? '–' },
  { title: 'CPU', isNumber: true, cell: ({ cpu_share }) => figure(cpu_share, '1') },
  { title: 'Loop in use', isNumber: true, cell: (row) => figure(row.loop_utilization, '1') },
  { title: 'Loop delay 99 %', isNumber: true, cell: (row) => figure(row.loop_delay_p99, 's') },
  { title: 'Longest', isNumber: true, isMinor: true, cell: (row) => figure(row.loop_delay_max, 's') },
  { title: 'Memory', isNumber: true, cell: ({ memory_bytes }) => figure(memory_bytes, 'By') },
  {
    title: 'Heap',
    isNumber: true,
    isMinor: true,
    cell: (row) =>
      row.heap_bytes === null
        ? '–'
        : `${figure(row.heap_bytes, 'By')} of ${figure(row.heap_limit_bytes, 'By')}`,
  },
  { title: 'Collector 99 %', isNumber: true, isMinor: true, cell: ({ gc }) => figure(gc.p99, 's') },
];

export function Runtime() {
  const processes = useResource('runtime', async () => dataOf(await client.GET('/v1/ops/runtime')).data, {
    every: often,
  });
  const names = new Map(processes.data?.map(({ instance }) => [instance.id, wordsOf(instance)]));
  const nameOf = (id: string) => names.get(id) ?? shortId(id);
  return (
    <>
      <LoadState of={processes} />
      {processes.data && (
        <Table
          name="Processes"
          rows={processes.data}
          columns={columns}
          keyOf={({ instance }) => instance.id}
        />
      )}
      {processes.data && <LevelOfLog instances={processes.data.map(({ instance }) => instance)} />}
      <Period />
      <div class="charts">
        <SeriesChart metric="process.memory.usage" title="Memory" more={{ by: 'instance' }} nameOf={nameOf} />
        <SeriesChart
          metric="nodejs.eventloop.delay.p99"
          title="Event loop delay, 99 %"
          more={{ by: 'instance' }}
          nameOf={nameOf}
        />
      </div>
    </>
  );
}
