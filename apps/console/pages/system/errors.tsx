import type { components } from '#libs/client';
import { client, dataOf } from '../../data/client.js';
import { seldom, useResource } from '../../data/resource.js';
import { count } from '../../data/words.js';
import { ChoiceFilter, Filters, filtersOf, TextFilter } from '../../ui/filters.js';
import { A, Copy, Empty, LoadState, Time } from '../../ui/parts.js';
import { type Column, Table } from '../../ui/table.js';
import { Trace } from '../../ui/trace.js';

type Group = components['schemas']['ErrorGroup'];

/** A job's failures lead to its dead letters with this problem, where all of them can be redriven; a request's to its figures. */
const pageOf = ({ source, name, code }: Group) =>
  source === 'job' ? `/dead-letters?${new URLSearchParams({ name, code }).toString()}` : '/http';

const columns: Column<Group>[] = [
  { title: 'Where', isMain: true, cell: (group) => <A to={pageOf(group)}>{group.name}</A> },
  { title: 'Code', cell: ({ code }) => code },
  { title: 'Count', isNumber: true, cell: (group) => count(group.count) },
  { title: 'Users', isNumber: true, cell: ({ users }) => (users === 100 ? '100 or more' : count(users)) },
  { title: 'First', isMinor: true, cell: ({ first_seen_at }) => <Time at={first_seen_at} /> },
  { title: 'Last', cell: ({ last_seen_at }) => <Time at={last_seen_at} /> },
  {
    title: 'Releases',
    isMinor: true,
    cell: ({ first_version: first, last_version: last }) => (first === last ? first : `${first} to ${last}`),
  },
  {
    title: 'Trace',
    isMinor: true,
    cell: ({ last_trace_id: trace, last_trace_url: url, last_request_id: request }) =>
      trace ? <Trace id={trace} url={url} /> : request ? <Copy text={request} label="Request" /> : '–',
  },
  {
    title: 'In',
    isWide: true,
    isMinor: true,
    cell: ({ frames }) => <span title={frames.join('\n')}>{frames.join(' ← ')}</span>,
  },
];

/** Failures by their cause, the same over releases. */
export function Errors() {
  const filters = filtersOf('source', 'name');
  const groups = useResource(
    `errors ${JSON.stringify(filters)}`,
    async () => {
      const query = { limit: '50', ...filters } as never;
      return dataOf(await client.GET('/v1/ops/errors', { params: { query } })).data;
    },
    { every: seldom },
  );
  return (
    <>
      <Filters>
        <ChoiceFilter name="source" label="Source" values={['request', 'job']} />
        <TextFilter name="name" label="Route or job" />
      </Filters>
      <LoadState of={groups} />
      {groups.data &&
        (groups.data.length > 0 ? (
          <Table
            name="Errors"
            rows={groups.data}
            columns={columns}
            keyOf={({ fingerprint }) => fingerprint}
          />
        ) : (
          <Empty title="No failures">
            <p>Failures of requests and jobs stand here by their cause, with how many users met each.</p>
          </Empty>
        ))}
    </>
  );
}
