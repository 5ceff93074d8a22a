import { client, dataOf } from '../../data/client.js';
import { period, type RouteFigures } from '../../data/ops.js';
import { seldom, useResource } from '../../data/resource.js';
import { count, figure } from '../../data/words.js';
import { withFilters } from '../../data/location.js';
import { Chip, filtersOf } from '../../ui/filters.js';
import type { HeatCell } from '../../ui/heatmap.js';
import { A, Empty, Failure, Loading } from '../../ui/parts.js';
import { Period } from '../../ui/period.js';
import { type Column, Table } from '../../ui/table.js';
import { errorsOf, HttpCell } from './http-cell.js';
import { ServiceLevels } from './service-levels.js';
import { SeriesChart, SeriesHeatmap } from './series.js';

const share = (part: number, whole: number) =>
  part === 0 ? '0' : figure(whole === 0 ? null : part / whole, '1');

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
  { title: 'A second', isNumber: true, isMinor: true, cell: (row) => figure(row.requests_per_second, '') },
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
      {routes.error !== undefined && <Failure error={routes.error} retry={routes.reload} />}
      {!routes.data && routes.error === undefined && <Loading />}
      {routes.data &&
        (routes.data.length > 0 ? (
          <Table
            name="Routes"
            rows={routes.data}
            columns={columns}
            keyOf={(row) => `${row.method} ${row.route}`}
          />
        ) : (
          <Empty title="No request in this period" />
        ))}
    </>
  );
}
