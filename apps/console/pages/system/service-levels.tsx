import type { components } from '#libs/client';
import { client, dataOf } from '../../data/client.js';
import { seldom, useResource } from '../../data/resource.js';
import { count, figure } from '../../data/words.js';
import { Failure, Loading, Section, Status } from '../../ui/parts.js';
import { type Column, Table } from '../../ui/table.js';

type Level = components['schemas']['ServiceLevel'];

const states: Record<Level['state'], ['neutral' | 'warning' | 'bad', 'good' | 'warning' | 'bad', string]> = {
  ok: ['neutral', 'good', 'within'],
  ticket: ['warning', 'warning', 'burns slowly'],
  page: ['bad', 'bad', 'burns fast'],
};

const columns: Column<Level>[] = [
  {
    title: 'Kind',
    isMain: true,
    cell: ({ class: name, description }) => <span title={description}>{name}</span>,
  },
  {
    title: 'Budget',
    cell: ({ state }) => {
      const [tone, icon, words] = states[state];
      return (
        <Status tone={tone} icon={icon}>
          {words}
        </Status>
      );
    },
  },
  { title: 'Available', isNumber: true, cell: ({ availability }) => figure(availability.value, '1') },
  {
    title: 'Objective',
    isNumber: true,
    isMinor: true,
    cell: ({ availability }) => figure(availability.objective, '1'),
  },
  { title: 'Budget left', isNumber: true, cell: ({ availability }) => figure(availability.budget_left, '1') },
  {
    title: 'Burn 1 h',
    isNumber: true,
    isMinor: true,
    cell: ({ availability }) => figure(availability.burn['1h'], ''),
  },
  {
    title: 'Burn 3 d',
    isNumber: true,
    isMinor: true,
    cell: ({ availability }) => figure(availability.burn['3d'], ''),
  },
  {
    title: 'Faster than',
    isMinor: true,
    cell: ({ latency }) =>
      latency
        .map(({ threshold_seconds, value }) => `${figure(threshold_seconds, 's')}: ${figure(value, '1')}`)
        .join(', '),
  },
  { title: 'Requests', isNumber: true, isMinor: true, cell: ({ requests }) => count(requests) },
];

/** What was promised, what was reached in 30 days, and how fast the rest is used up. */
export function ServiceLevels() {
  const levels = useResource(
    'service levels',
    async () => dataOf(await client.GET('/v1/ops/service-levels')).data,
    { every: seldom },
  );
  return (
    <Section title="Service levels of 30 days">
      {levels.error !== undefined && <Failure error={levels.error} retry={levels.reload} />}
      {!levels.data && levels.error === undefined && <Loading />}
      {levels.data && (
        <Table name="Service levels" rows={levels.data} columns={columns} keyOf={(row) => row.class} />
      )}
    </Section>
  );
}
