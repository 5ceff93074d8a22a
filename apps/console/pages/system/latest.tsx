import type { components } from '#libs/client';
import { client, dataOf } from '../../data/client.js';
import { seldom, useResource } from '../../data/resource.js';
import { count, plural } from '../../data/words.js';
import { A, Id, LoadState, Section, Time } from '../../ui/parts.js';
import { type Column, Table } from '../../ui/table.js';
import { queueColumns } from '../jobs/queues.js';
import { errorsOf } from './http-cell.js';

type Group = components['schemas']['ErrorGroup'];

const errors: Column<Group>[] = [
  {
    title: 'Where',
    isMain: true,
    cell: ({ source, name }) => <A to={errorsOf(name, source)}>{name}</A>,
  },
  { title: 'Code', isMinor: true, cell: ({ code }) => code },
  { title: 'Count', isNumber: true, cell: (group) => count(group.count) },
  { title: 'Users', isNumber: true, cell: ({ users }) => (users === 100 ? '100+' : count(users)) },
  { title: 'Last', cell: ({ last_seen_at }) => <Time at={last_seen_at} /> },
];

/** The causes of failures that were met last. */
export function LatestErrors() {
  const groups = useResource(
    'latest errors',
    async () =>
      dataOf(await client.GET('/v1/ops/errors', { params: { query: { limit: '5' } as never } })).data,
    { every: seldom },
  );
  return (
    <Section title="What failed last, by its cause" aside={<A to="/errors">All errors</A>}>
      <LoadState of={groups} />
      {groups.data?.length === 0 && <p class="quiet">Nothing in 90 days</p>}
      {groups.data && groups.data.length > 0 && (
        <Table
          name="Latest errors"
          rows={groups.data}
          columns={errors}
          keyOf={({ fingerprint }) => fingerprint}
          isFile={false}
        />
      )}
    </Section>
  );
}

export function QueuesAtWork() {
  const queues = useResource('queues at work', async () => dataOf(await client.GET('/v1/queues')).data, {
    every: seldom,
  });
  const { data } = queues;
  const paused = data?.filter(({ state }) => state === 'paused').length ?? 0;
  return (
    <Section
      title={paused > 0 ? `Queues, of which ${plural(paused, 'is', 'are')} paused` : 'Queues'}
      aside={<A to="/queues">All queues</A>}
    >
      <LoadState of={queues} />
      {data && (
        <Table name="Queues" rows={data} columns={queueColumns} keyOf={({ name }) => name} isFile={false} />
      )}
    </Section>
  );
}

/** What failed or was refused changed nothing, and neither does signing in or out. */
const isChange = ({ action, outcome }: { action: string; outcome: string }) =>
  outcome === 'success' && !action.startsWith('sessions.');

/** What people did last: before anything else, a change is the cause. */
export function Changes() {
  const events = useResource(
    'latest changes',
    async () =>
      dataOf(await client.GET('/v1/audit-events', { params: { query: { limit: '50' } as never } }))
        .data.filter(isChange)
        .slice(0, 8),
    { every: seldom },
  );
  return (
    <Section title="What changed" aside={<A to="/audit">All events</A>}>
      <LoadState of={events} />
      {events.data?.length === 0 && <p class="quiet">Nothing yet</p>}
      <ul class="changes">
        {events.data?.map(({ id, action, at, reason, actor_id: actor }) => (
          <li key={id}>
            <span>
              <A to={`/audit?action=${action}`}>{action}</A>
              {actor ? <Id of={actor} to={`/audit?actor=${actor}`} /> : 'system'}
              {reason && <span class="quiet">{reason}</span>}
            </span>
            <Time at={at} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
