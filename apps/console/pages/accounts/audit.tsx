import type { components } from '#libs/client';
import { client, dataOf } from '../../data/client.js';
import { useList } from '../../data/list.js';
import { query } from '../../data/location.js';
import { seldom, useResource } from '../../data/resource.js';
import { plural } from '../../data/words.js';
import { ChoiceFilter, Filters, filtersOf, TextFilter } from '../../ui/filters.js';
import { ListView } from '../../ui/list-view.js';
import { A, Empty, Id, State, Status, Time } from '../../ui/parts.js';
import type { Column } from '../../ui/table.js';

type Event = components['schemas']['AuditEvent'];

const columns: Column<Event>[] = [
  { title: 'Action', isMain: true, cell: ({ action }) => <A to={`/audit?action=${action}`}>{action}</A> },
  { title: 'Outcome', cell: ({ outcome }) => <State of={outcome} plain={outcome === 'success'} /> },
  {
    title: 'Who',
    cell: ({ actor_id: id, actor_kind: kind, impersonator_id: other }) => (
      <>
        {id ? <Id of={id} to={kind === 'user' ? `/users/${id}` : `/audit?actor=${id}`} /> : kind}
        {other && (
          <>
            {' by '}
            <Id of={other} to={`/users/${other}`} />
          </>
        )}
      </>
    ),
  },
  { title: 'To what', isMinor: true, cell: ({ target }) => <Target of={target} /> },
  { title: 'When', cell: ({ at }) => <Time at={at} /> },
  { title: 'Network', isMinor: true, cell: ({ client_network: network }) => network ?? '–' },
  {
    title: 'Reason and details',
    isWide: true,
    isMinor: true,
    cell: ({ reason, meta }) => <Details reason={reason} meta={meta} />,
  },
];

function Target({ of }: { of: string }) {
  const [kind = '', id = ''] = of.split(':', 2);
  const pages: Record<string, string> = { user: 'users', job: 'jobs', 'dead-letter': 'dead-letters' };
  return (
    <>
      {kind} {id && <Id of={id} to={pages[kind] ? `/${pages[kind]}/${id}` : `/audit?target=${of}`} />}
    </>
  );
}

function Details({ reason, meta }: Pick<Event, 'reason' | 'meta'>) {
  const text = Object.keys(meta).length > 0 ? JSON.stringify(meta) : '';
  return <span title={text}>{[reason, text].filter(Boolean).join(' · ')}</span>;
}

export function Audit() {
  const filters = filtersOf('action', 'actor', 'target', 'outcome', 'from', 'to');
  const list = useList<Event>(
    `audit ${query.value.toString()}`,
    async (cursor) =>
      dataOf(
        await client.GET('/v1/audit-events', {
          params: { query: { ...filters, limit: '50', ...(cursor && { cursor }) } as never },
        }),
      ),
    ({ id }) => id,
  );
  return (
    <>
      <Filters>
        <TextFilter name="action" label="Action, for example users.change" isSearch />
        <TextFilter name="actor" label="Who, by id" />
        <TextFilter name="target" label="To what, kind:id" />
        <ChoiceFilter name="outcome" label="Outcome" values={['success', 'failure', 'denied']} />
        <Chain />
      </Filters>
      <ListView
        list={list}
        name="Audit events"
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No event matches">
            <p>
              <A to="/audit">Show all events</A>
            </p>
          </Empty>
        }
      />
    </>
  );
}

/** Whether the end of the log is what was sealed. It says how much was compared, and where the whole is. */
function Chain() {
  const { data } = useResource('audit chain', async () => dataOf(await client.GET('/v1/audit-chain')), {
    every: seldom,
  });
  if (!data) return null;
  const title = data.is_intact
    ? `${plural(data.verified_events, 'event')} under the last ${plural(data.verified_seals, 'seal')} match; ${plural(data.unsealed_events, 'event')} not sealed yet. npm run audit:verify compares all.`
    : data.findings.join(' ');
  return (
    <span title={title}>
      {data.verified_seals === 0 ? (
        <Status tone="neutral" icon="queued">
          Not sealed yet
        </Status>
      ) : data.is_intact ? (
        <Status tone="good" icon="good">
          {plural(data.verified_events, 'event')} verified
        </Status>
      ) : (
        <Status tone="bad" icon="bad">
          The chain is broken: {data.findings[0]}
        </Status>
      )}
    </span>
  );
}
