import { query } from '../../data/location.js';
import { getSeries, period } from '../../data/ops.js';
import { seldom, useResource } from '../../data/resource.js';
import { count, figure, instant } from '../../data/words.js';
import { Chip } from '../../ui/filters.js';
import { A, Empty, LoadState, Section } from '../../ui/parts.js';
import { type Column, Table } from '../../ui/table.js';

interface Row {
  route: string;
  count: number;
  p99: number | null;
}

export const errorsOf = (name: string, source: 'request' | 'job' = 'request') =>
  `/errors?${new URLSearchParams({ source, name }).toString()}`;

const columns: Column<Row>[] = [
  {
    title: 'Route',
    isMain: true,
    cell: ({ route }) => (
      <A to={`/http?${new URLSearchParams({ period: period(), route }).toString()}`}>
        <code>{route}</code>
      </A>
    ),
  },
  { title: 'In this cell', isNumber: true, cell: (row) => count(row.count) },
  { title: '99 % then', isNumber: true, cell: ({ p99 }) => figure(p99, 's') },
  { title: 'Failures', cell: ({ route }) => <A to={errorsOf(route)}>by their cause, with traces</A> },
];

/** What a cell of the heatmap of requests counts: the routes, the most frequent first. */
export function HttpCell() {
  const at = query.value.get('at');
  const upTo = query.value.get('up_to');
  return at === null || upTo === null ? null : <RoutesIn at={at} upTo={upTo} />;
}

function RoutesIn({ at, upTo }: { at: string; upTo: string }) {
  const routes = useResource(
    `routes of a cell ${at} ${period()}`,
    () => getSeries('http.server.request.duration', { by: 'http.route' }),
    { every: seldom },
  );
  const { data } = routes;
  if (!data) return <LoadState of={routes} />;
  const bounds = data.bounds ?? [];
  const bucket = upTo === 'more' ? bounds.length : bounds.indexOf(Number(upTo));
  const rows = data.lines
    .map(({ by, points }): Row => {
      const point = points.find((each) => each.at === at);
      return {
        route: by['http.route'] ?? '',
        count: point?.buckets?.[bucket] ?? 0,
        p99: point?.p99 ?? null,
      };
    })
    .filter((row) => row.count > 0)
    .sort((a, b) => b.count - a.count);
  const limit =
    upTo === 'more' ? `above ${figure(bounds.at(-1), 's')}` : `up to ${figure(Number(upTo), 's')}`;
  return (
    <Section
      title="Routes in the cell"
      aside={<Chip names={['at', 'up_to']}>{`${instant(at)}, ${limit}`}</Chip>}
    >
      {rows.length > 0 ? (
        <Table name="Routes in the cell" rows={rows} columns={columns} keyOf={({ route }) => route} />
      ) : (
        <Empty title="No request in this cell">
          <p>Choose a darker one, or a longer period where the chart no longer has this time.</p>
        </Empty>
      )}
    </Section>
  );
}
