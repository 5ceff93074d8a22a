import { client, dataOf } from '../../data/client.js';
import type { Card, Instance } from '../../data/ops.js';
import { href } from '../../data/location.js';
import { often, useResource } from '../../data/resource.js';
import { can } from '../../data/session.js';
import { figure } from '../../data/words.js';
import { Icon } from '../../ui/icon.js';
import { A, LoadState, Section, State, Time } from '../../ui/parts.js';
import { Sparkline } from '../../ui/sparkline.js';
import { type Column, Table } from '../../ui/table.js';
import { Changes, LatestErrors, QueuesAtWork } from './latest.js';

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
  if (!data) return <LoadState of={report} />;
  return (
    <>
      <LoadState of={report} />
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
        <div class="stack">
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
          <LatestErrors />
        </div>
        <div class="stack">
          <Instances of={data.instances} />
          {can('jobs:read') && <QueuesAtWork />}
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
