import type { components } from '#libs/client';
import { client, dataOf } from '../../data/client.js';
import { period } from '../../data/ops.js';
import { seldom, useResource } from '../../data/resource.js';
import { figure } from '../../data/words.js';
import { Copy, LoadState, Section, Time } from '../../ui/parts.js';
import { type Column, Table } from '../../ui/table.js';
import { Trace } from '../../ui/trace.js';

type SlowRequest = components['schemas']['OpsSlowRequest'];

const columns: Column<SlowRequest>[] = [
  {
    title: 'Request',
    isMain: true,
    cell: ({ method, route }) => <code>{`${method} ${route}`}</code>,
  },
  { title: 'Took', isNumber: true, cell: ({ seconds }) => figure(seconds, 's') },
  { title: 'Status', isNumber: true, cell: ({ status }) => String(status) },
  { title: 'Answered', cell: ({ at }) => <Time at={at} /> },
  {
    title: 'Trace',
    cell: ({ trace_id: id, trace_url: url }) => (id ? <Trace id={id} url={url} /> : '–'),
  },
  { title: 'In the log', isMinor: true, cell: ({ request_id: id }) => <Copy text={id} label="Request id" /> },
];

/** Rows that are shown: the routes stand below. `GET /v1/ops/slowest-requests` has twice as many. */
const shown = 10;

/** The slowest requests of the period, each with what finds it elsewhere: a percentile names no request. */
export function SlowestRequests({ route }: { route: string | undefined }) {
  const query = { period: period(), ...(route !== undefined && { route }) };
  const slowest = useResource(
    `slowest ${JSON.stringify(query)}`,
    async () => dataOf(await client.GET('/v1/ops/slowest-requests', { params: { query } })).data,
    { every: seldom },
  );
  const { data } = slowest;
  return (
    <Section title="Slowest requests">
      <LoadState of={slowest} />
      {data && data.length === 0 && <p class="quiet">No request in this period</p>}
      {data && data.length > 0 && (
        <Table
          name="Slowest requests"
          rows={data.slice(0, shown)}
          columns={columns}
          keyOf={({ request_id, at }) => `${request_id} ${at}`}
        />
      )}
    </Section>
  );
}
