import { client, dataOf } from '../../data/client.js';
import type { Card, Instance } from '../../data/ops.js';
import { href } from '../../data/location.js';
import { often, seldom, useResource } from '../../data/resource.js';
import { can } from '../../data/session.js';
import { figure } from '../../data/words.js';
import { Icon } from '../../ui/icon.js';
import { A, Failure, Id, Loading, Section, State, Time } from '../../ui/parts.js';
import { Sparkline } from '../../ui/sparkline.js';
import { type Column, Table } from '../../ui/table.js';

/** Where a figure leads: to the page that explains it. */
const pageOf = ({ metric }: Card) => {
  if (metric === 'jobs.dead') return '/dead-letters';
  if (metric === 'jobs.ended') return '/work';
  if (metric === 'ops.budget.used') return '/economics';
  if (metric.startsWith('jobs.')) return '/queues';
  if (metric.startsWith('db.')) return '/database';
  if (/^(nodejs|process|v8js)\./.test(metric)) return '/runtime';
  return '/http';
};

/** Is it well, since when, what changed: in this order. */
export function Overview() {
  const report = useResource('overview', async () => dataOf(await client.GET('/v1/ops/overview')), {
    every: often,
  });
  const { data } = report;
  if (!data)
    return report.error === undefined ? <Loading /> : <Failure error={report.error} retry={report.reload} />;
  return (
    <>
      {report.error !== undefined && <Failure error={report.error} retry={report.reload} />}
      <div
        class={`banner verdict ${data.status === 'down' ? 'bad' : data.status === 'degraded' ? 'warning' : ''}`}
        role="status"
      >
        <State of={data.status} />
        <p>
          {data.verdict[0]!.toUpperCase() + data.verdict.slice(1)}
          {data.since && (
            <span class="quiet">
              {' '}
              Since <Time at={data.since} exact />, <Time at={data.since} />.
            </span>
          )}
          <span class="quiet">
            {' '}
            {data.last_deploy ? (
              <>
                Last deploy: {data.last_deploy.version}, <Time at={data.last_deploy.at} />.
              </>
            ) : (
              'No deploy in seven days.'
            )}
          </span>
        </p>
      </div>
      <div class="columns">
        <Section title="Now, and the last hour">
          <ul class="figures">
            {data.cards.map((card) => (
              <li key={card.id} class={card.state}>
                <a href={href(pageOf(card))}>
                  <span>
                    {card.state !== 'ok' && <Icon name={card.state === 'down' ? 'bad' : 'warning'} />}
                    {card.title}
                  </span>
                  <Sparkline values={card.sparkline} />
                  <strong>
                    {figure(card.value, card.unit)}
                    {card.state !== 'ok' && <span class="hidden"> {card.state}</span>}
                  </strong>
                </a>
              </li>
            ))}
          </ul>
        </Section>
        <div class="stack">
          <Instances of={data.instances} />
          {can('audit:read') && <Changes />}
        </div>
      </div>
    </>
  );
}

const columns: Column<Instance>[] = [
  {
    title: 'Process',
    isMain: true,
    cell: ({ app, host, pid }) => <A to="/runtime">{`${app} ${host}:${pid}`}</A>,
  },
  { title: 'State', cell: ({ state }) => <State of={state} plain={state === 'up'} /> },
  { title: 'Started', cell: ({ started_at }) => <Time at={started_at} /> },
  { title: 'Release', isMinor: true, cell: ({ version }) => version },
];

const Instances = ({ of }: { of: Instance[] }) => (
  <Section title="Processes">
    <Table name="Processes" rows={of} columns={columns} keyOf={({ id }) => id} />
  </Section>
);

/** Signing in and out changes nothing. */
const isChange = ({ action }: { action: string }) => !action.startsWith('sessions.');

/** What people did last: before anything else, a change is the cause. */
function Changes() {
  const events = useResource(
    'latest changes',
    async () =>
      dataOf(await client.GET('/v1/audit-events', { params: { query: { limit: '50' } as never } }))
        .data.filter(isChange)
        .slice(0, 10),
    { every: seldom },
  );
  if (!events.data) return null;
  return (
    <Section title="What changed" aside={<A to="/audit">All</A>}>
      {events.data.length === 0 && <p class="quiet">Nothing yet</p>}
      <ul class="steps">
        {events.data.map(({ id, action, at, outcome, reason, actor_id: actor }) => (
          <li key={id} class={outcome === 'success' ? '' : 'bad'}>
            <Icon name={outcome === 'success' ? 'dispatched' : 'bad'} />
            <span>
              <A to={`/audit?action=${action}`}>{action}</A>{' '}
              {actor ? <Id of={actor} to={`/audit?actor=${actor}`} /> : 'system'}{' '}
              {reason && <span class="quiet">{reason}</span>}
            </span>
            <Time at={at} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
