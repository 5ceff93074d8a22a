import type { components } from '#libs/client';
import { client, dataOf } from '../../data/client.js';
import { period } from '../../data/ops.js';
import { seldom, useResource } from '../../data/resource.js';
import { count, figure, percent, utc } from '../../data/words.js';
import { Fact, Facts, Loading, LoadState, Section, Status } from '../../ui/parts.js';
import { Period } from '../../ui/period.js';
import { type Column, Table } from '../../ui/table.js';

type Economics = components['schemas']['OpsEconomics'];
type Bill = components['schemas']['OpsBill'];

const money = (value: number | null, currency: string) =>
  value === null ? '–' : `${inPlaces(value, 2)} ${currency}`;

const inPlaces = (value: number, places: number) =>
  value.toLocaleString('en', { minimumFractionDigits: places, maximumFractionDigits: places });

/** Of a column as many places as its largest value needs for three digits: figures below each other are compared by them. */
const placesFor = (values: readonly number[]) =>
  Math.min(10, Math.max(2, 2 - Math.floor(Math.log10(Math.max(...values, 1e-9)))));

/** One request costs a millionth of what people can picture. */
const million = 1e6;
const millionOf = (value: number | null) => value && value * million;

const limits = {
  cpu: 'CPU',
  database: 'Database',
  connections: 'Connections',
  'event-loop': 'Event loop',
} as const;

/** What it costs, who causes that, and what more of it would cost. */
export function Economics() {
  const report = useResource(
    `economics ${period()}`,
    async () => dataOf(await client.GET('/v1/ops/economics', { params: { query: { period: period() } } })),
    { every: seldom },
  );
  const { data } = report;
  return (
    <>
      <LoadState of={report} />
      <Period />
      {!data && report.error === undefined && <Loading />}
      {data?.is_example && (
        <div class="banner">
          <p>
            These amounts are by the example prices and nobody's bill. Copy{' '}
            <code>ops/prices.example.json</code>, enter your own prices and name the copy in{' '}
            <code>PRICES_FILE</code>.
          </p>
        </div>
      )}
      {data && <Report of={data} />}
    </>
  );
}

function Report({ of }: { of: Economics }) {
  const amount = (value: number | null) => money(value, of.currency);
  return (
    <>
      <Section title="Cost">
        <Facts>
          <Fact name="A million requests, used">{amount(millionOf(of.per_request.used))}</Fact>
          <Fact name="Of the whole bill">{amount(millionOf(of.per_request.billed))}</Fact>
          <Fact name="One user, a month">{amount(of.per_user_month)}</Fact>
          <Fact name="Break even, users">
            {of.break_even_users === null ? 'none at this revenue' : count(of.break_even_users)}
          </Fact>
          <Fact name="Accounts">{count(of.users)}</Fact>
          <Fact name="Measured">{figure(of.measured_seconds, 's')}</Fact>
          <Fact name="Objective at risk">
            {of.objective_at_risk
              ? `${of.objective_at_risk.class}, ${of.objective_at_risk.objective}: ${figure(of.objective_at_risk.budget_left, '1')} left`
              : '–'}
          </Fact>
        </Facts>
      </Section>
      <Budget of={of} />
      <Section title="Who uses what is paid for">
        <Table
          name="Use"
          rows={[of.cpu, of.database]}
          columns={useColumns(of)}
          keyOf={(row) => nameOf(of, row)}
        />
      </Section>
      <Section title={`A month now, and with ten times the traffic, in ${of.currency}`}>
        <Table
          name="A month"
          rows={[of.month, of.at_ten_times.month]}
          columns={billColumns(of)}
          keyOf={(row) => (row === of.month ? 'now' : 'ten')}
        />
        <p>
          {of.at_ten_times.limits.map(({ resource, use, full_at: at }, index) => (
            <span key={resource}>
              {index > 0 && ' · '}
              {limits[resource]} {figure(use, '1')} used{at !== null && `, full at ${figure(at, '')} times`}
            </span>
          ))}
        </p>
      </Section>
      <Section title={`Routes, in ${of.currency}`}>
        <Table
          name="Cost of routes"
          rows={of.routes}
          keyOf={({ method, route }) => `${method} ${route}`}
          columns={[
            {
              title: 'Route',
              isMain: true,
              cell: ({ method, route }) => <code>{`${method} ${route}`}</code>,
            },
            { title: 'Requests', isNumber: true, cell: ({ requests }) => count(requests) },
            { title: 'A million', isNumber: true, cell: (row) => inPlaces(row.per_request * million, 2) },
            ...costColumns(of.routes),
          ]}
        />
      </Section>
      <Section title={`Jobs, in ${of.currency}`}>
        <Table
          name="Cost of jobs"
          rows={of.jobs}
          keyOf={({ job }) => job}
          columns={[
            { title: 'Job', isMain: true, cell: ({ job }) => <code>{job}</code> },
            { title: 'Attempts', isNumber: true, cell: ({ attempts }) => count(attempts) },
            { title: 'A million', isNumber: true, cell: (row) => inPlaces(row.per_attempt * million, 2) },
            ...costColumns(of.jobs),
          ]}
        />
      </Section>
    </>
  );
}

function Budget({ of: { budget, currency } }: { of: Economics }) {
  const { alert, used } = budget;
  const tone = alert === 1 ? 'bad' : alert === 0.8 ? 'warning' : 'neutral';
  return (
    <Section title="Budget of this month">
      <Facts>
        <Fact name="Spent">
          {money(budget.spent, currency)}
          {used !== null && ' '}
          {used !== null && (
            <Status tone={tone} icon={tone === 'neutral' ? 'good' : tone}>
              {`${figure(used, '1')} of ${money(budget.budget, currency)}`}
            </Status>
          )}
        </Fact>
        <Fact name="Expected at its end">{money(budget.expected, currency)}</Fact>
        <Fact name="Counted from">{utc(budget.from)}</Fact>
      </Facts>
    </Section>
  );
}

type Share = Economics['cpu'];
const nameOf = (of: Economics, row: Share) => (row === of.cpu ? 'CPU' : 'Database');

function useColumns(of: Economics): Column<Share>[] {
  const part = (title: string, value: (row: Share) => number, isMinor = false): Column<Share> => ({
    title,
    isNumber: true,
    isMinor,
    cell: (row) => percent(row.provided === 0 ? null : value(row) / row.provided, 1),
  });
  return [
    { title: 'Resource', isMain: true, cell: (row) => nameOf(of, row) },
    { title: 'Bought', isNumber: true, cell: ({ provided }) => figure(provided, 's') },
    part('Requests', ({ requests }) => requests),
    part('Jobs', ({ jobs }) => jobs),
    part('Nobody known', ({ unattributed }) => unattributed),
    part('Idle', ({ idle }) => idle),
  ];
}

function billColumns(of: Economics): Column<Bill>[] {
  const part = (title: string, key: keyof Bill, isMinor = true): Column<Bill> => ({
    title,
    isNumber: true,
    isMinor,
    cell: (row) => inPlaces(row[key], 2),
  });
  return [
    { title: 'Traffic', isMain: true, cell: (row) => (row === of.month ? 'as now' : '10 times') },
    part('CPU', 'cpu'),
    part('Database', 'database'),
    part('Storage', 'storage'),
    part('Sent', 'egress'),
    part('Fixed', 'fixed'),
    part('Together', 'total', false),
  ];
}

interface Costly {
  cost: components['schemas']['OpsMoney'];
}

function costColumns(rows: readonly Costly[]): Column<Costly>[] {
  const places = placesFor(rows.map(({ cost }) => cost.total));
  const part = (title: string, key: 'cpu' | 'database' | 'egress' | 'total', isMinor = true) => ({
    title,
    isNumber: true,
    isMinor,
    cell: ({ cost }: Costly) => (cost[key] < 0.5 * 10 ** -places ? '–' : inPlaces(cost[key], places)),
  });
  return [
    part('CPU', 'cpu'),
    part('Database', 'database'),
    part('Sent', 'egress'),
    part('Together', 'total', false),
  ];
}
