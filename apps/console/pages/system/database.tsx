import { client, dataOf } from '../../data/client.js';
import type { DatabaseFigures } from '../../data/ops.js';
import { seldom, useResource } from '../../data/resource.js';
import { bytes, count, figure } from '../../data/words.js';
import { Fact, Facts, LoadState, Section, Time } from '../../ui/parts.js';
import { Period } from '../../ui/period.js';
import { type Column, Table } from '../../ui/table.js';
import { SeriesChart, SeriesHeatmap } from './series.js';

type Of<Name extends 'pools' | 'tables' | 'slow_statements' | 'operations'> = DatabaseFigures[Name][number];

const pools: Column<Of<'pools'>>[] = [
  { title: 'Pool', isMain: true, cell: ({ app, pool }) => `${app} ${pool}` },
  {
    title: 'Process',
    isMinor: true,
    cell: ({ instance_id }) => <span class="id">{instance_id.slice(-8)}</span>,
  },
  { title: 'In use', isNumber: true, cell: ({ used, max }) => `${figure(used, '')} of ${count(max)}` },
  { title: 'Idle', isNumber: true, cell: ({ idle }) => figure(idle, '') },
  { title: 'Waiting', isNumber: true, cell: ({ waiting }) => count(waiting) },
];

const tables: Column<Of<'tables'>>[] = [
  { title: 'Table', isMain: true, cell: ({ name }) => <code>{name}</code> },
  { title: 'Size', isNumber: true, cell: ({ size_bytes }) => bytes(size_bytes) },
  { title: 'Rows ≈', isNumber: true, cell: ({ rows }) => count(rows) },
  { title: 'Dead ≈', isNumber: true, cell: ({ dead_rows }) => count(dead_rows) },
  { title: 'Vacuumed', cell: ({ vacuumed_at }) => <Time at={vacuumed_at} /> },
];

const statements: Column<Of<'slow_statements'>>[] = [
  { title: 'Runs for', isMain: true, cell: ({ seconds }) => figure(seconds, 's') },
  { title: 'Of', cell: ({ application }) => application },
  { title: 'State', cell: ({ state }) => state },
  { title: 'Waits for', cell: ({ waits_for }) => waits_for ?? '–' },
  { title: 'Process of the server', isNumber: true, isMinor: true, cell: ({ pid }) => String(pid) },
];

const operations: Column<Of<'operations'>>[] = [
  { title: 'Statement', isMain: true, cell: ({ operation }) => <code>{operation}</code> },
  { title: 'Count', isNumber: true, cell: ({ duration }) => count(duration.count) },
  { title: '50 %', isNumber: true, cell: ({ duration }) => figure(duration.p50, 's') },
  { title: '99 %', isNumber: true, cell: ({ duration }) => figure(duration.p99, 's') },
];

export function Database() {
  const report = useResource('database', async () => dataOf(await client.GET('/v1/ops/database')), {
    every: seldom,
  });
  const { data } = report;
  return (
    <>
      <Period />
      <div class="charts">
        <SeriesHeatmap metric="db.client.operation.duration" title="Statements" />
        <SeriesChart metric="db.client.connection.wait_time" title="Waiting for a connection" />
      </div>
      <LoadState of={report} />
      {data && (
        <>
          <Section title="Server">
            <Facts>
              <Fact name="Version">{data.server.version}</Fact>
              <Fact name="Size">{bytes(data.server.size_bytes)}</Fact>
              <Fact name="Connections">
                {count(data.server.connections)} of {count(data.server.max_connections)}
              </Fact>
              <Fact name="Wait for locks">{count(data.server.waiting_for_locks)}</Fact>
              <Fact name="Oldest transaction">{figure(data.server.oldest_transaction_seconds, 's')}</Fact>
              <Fact name="Migrations">
                {count(data.migrations.applied)} applied
                {data.migrations.last && (
                  <>
                    , the last is <code>{data.migrations.last}</code>
                  </>
                )}
              </Fact>
            </Facts>
          </Section>
          <div class="columns">
            <Section title="Pools, in the last minute">
              <Table
                name="Pools"
                rows={data.pools}
                columns={pools}
                keyOf={(row) => `${row.instance_id} ${row.pool}`}
              />
            </Section>
            <Section title="Kinds of statements, in the last minute">
              <Table
                name="Statements"
                rows={data.operations}
                columns={operations}
                keyOf={(row) => row.operation}
              />
            </Section>
          </div>
          <Section title="Statements that run for more than a second">
            {data.slow_statements.length > 0 ? (
              <Table
                name="Slow statements"
                rows={data.slow_statements}
                columns={statements}
                keyOf={(row) => String(row.pid)}
              />
            ) : (
              <p class="quiet">None at this moment</p>
            )}
          </Section>
          <Section title="The largest tables">
            <Table name="Tables" rows={data.tables} columns={tables} keyOf={({ name }) => name} />
          </Section>
        </>
      )}
    </>
  );
}
