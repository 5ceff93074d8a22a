import { client, dataOf } from '../../data/client.js';
import { period, type RouteFigures } from '../../data/ops.js';
import { seldom, useResource } from '../../data/resource.js';
import { count, figure, percent, plural } from '../../data/words.js';
import { withFilters } from '../../data/location.js';
import { Chip, filtersOf } from '../../ui/filters.js';
import type { HeatCell } from '../../ui/heatmap.js';
import { A, Empty, LoadState, Section } from '../../ui/parts.js';
import { Period } from '../../ui/period.js';
import { type Column, Table } from '../../ui/table.js';
import { errorsOf, HttpCell } from './http-cell.js';
import { SlowestRequests } from './slowest.js';
import { ServiceLevels } from './service-levels.js';
import { SeriesChart, SeriesHeatmap } from './series.js';

const share = (part: number, whole: number) =>
  part === 0 ? '0' : percent(whole === 0 ? null : part / whole);
const rate = (value: number) => (value > 0 && value < 0.01 ? '< 0.01' : value.toFixed(2));

const columns: Column<RouteFigures>[] = [
  {
    title: 'Route',
    isMain: true,
    cell: ({ method, route }) => (
      <A to={withFilters({ route, at: null, up_to: null })}>
        <code>{`${method} ${route}`}</code>
      </A>
    ),
  },
  { title: 'Requests', isNumber: true, cell: ({ requests }) => count(requests) },
  { title: 'A second', isNumber: true, isMinor: true, cell: (row) => rate(row.requests_per_second) },
  { title: '50 %', isNumber: true, isMinor: true, cell: ({ duration }) => figure(duration.p50, 's') },
  { title: '95 %', isNumber: true, cell: ({ duration }) => figure(duration.p95, 's') },
  { title: '99 %', isNumber: true, cell: ({ duration }) => figure(duration.p99, 's') },
  { title: '4xx', isNumber: true, isMinor: true, cell: (row) => share(row.client_errors, row.requests) },
  {
    title: '5xx',
    isNumber: true,
    cell: (row) => <A to={errorsOf(row.route)}>{share(row.server_errors, row.requests)}</A>,
  },
  { title: 'CPU', isNumber: true, isMinor: true, cell: ({ cost }) => figure(cost.cpu_seconds, 's') },
  {
    title: 'Database',
    isNumber: true,
    isMinor: true,
    cell: ({ cost }) => figure(cost.database_seconds, 's'),
  },
];

/** A cell stays on this page, with the routes that are in it. */
const routesOf = ({ at, upTo }: HeatCell) =>
  withFilters({ at, up_to: upTo === undefined ? 'more' : String(upTo) });

export function Http() {
  const { route } = filtersOf('route');
  const more = route === undefined ? {} : { route };
  const routes = useResource(
    `routes ${period()}`,
    async () => dataOf(await client.GET('/v1/ops/routes', { params: { query: { period: period() } } })).data,
    { every: seldom },
  );
  return (
    <>
      <ServiceLevels />
      <Period />
      <div class="charts">
        <SeriesHeatmap
          metric="http.server.request.duration"
          title={route ? `Latency of ${route}` : 'Latency of all requests'}
          more={more}
          linkOf={routesOf}
        />
        <SeriesChart metric="http.server.request.duration" title="Quantiles" more={more} />
      </div>
      {route && (
        <div class="chips">
          <Chip names={['route']}>{`Only ${route}`}</Chip>
        </div>
      )}
      <HttpCell />
      <SlowestRequests route={route} />
      <Section title="Routes">
        <LoadState of={routes} />
        {routes.data && <Routes of={routes.data} />}
      </Section>
    </>
  );
}

/** The console itself, probes and streams stand apart: nobody looks for them among the requests of users. */
function Routes({ of }: { of: readonly RouteFigures[] }) {
  const { users = [], others = [] } = Object.groupBy(of, ({ is_of_users }) =>
    is_of_users ? 'users' : 'others',
  );
  const table = (name: string, rows: readonly RouteFigures[]) => (
    <Table name={name} rows={rows} columns={columns} keyOf={(row) => `${row.method} ${row.route}`} />
  );
  return (
    <>
      {users.length > 0 ? (
        table('Routes', users)
      ) : (
        <Empty title="No request in this period">
          <p>
            Choose a longer period, or run <code>npm run demo</code>, which sends some.
          </p>
        </Empty>
      )}
      {others.length > 0 && (
        <details>
          <summary>Probes, the console and streams: {plural(others.length, 'route')}</summary>
          {table('Routes of probes, the console and streams', others)}
        </details>
      )}
    </>
  );
}
