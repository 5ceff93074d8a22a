import type { components } from '#libs/client';
import { client, dataOf } from '../../data/client.js';
import { seldom, useResource } from '../../data/resource.js';
import { count, figure, percent } from '../../data/words.js';
import { LoadState, Section, Status } from '../../ui/parts.js';
import { type Column, Table } from '../../ui/table.js';

type Level = components['schemas']['ServiceLevel'];

const states: Record<Level['state'], ['neutral' | 'warning' | 'bad', 'good' | 'warning' | 'bad', string]> = {
  ok: ['neutral', 'good', 'within'],
  ticket: ['warning', 'warning', 'burns slowly'],
  page: ['bad', 'bad', 'burns fast'],
};

const times = (rate: number | null) => (rate === null ? '–' : rate.toFixed(2));

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
  { title: 'Available', isNumber: true, cell: ({ availability }) => percent(availability.value, 3) },
  {
    title: 'Objective',
    isNumber: true,
    isMinor: true,
    cell: ({ availability }) => percent(availability.objective, 3),
  },
  { title: 'Budget left', isNumber: true, cell: ({ availability }) => percent(availability.budget_left, 0) },
  {
    title: 'Burn 1 h',
    isNumber: true,
    isMinor: true,
    cell: ({ availability }) => times(availability.burn['1h']),
  },
  {
    title: 'Burn 3 d',
    isNumber: true,
    isMinor: true,
    cell: ({ availability }) => times(availability.burn['3d']),
  },
  {
    title: 'Faster than',
    isMinor: true,
    cell: ({ latency }) =>
      latency
        .map(({ threshold_seconds, value }) => `${figure(threshold_seconds, 's')} ${percent(value, 1)}`)
        .join(' · '),
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
      <LoadState of={levels} />
      {levels.data && (
        <Table name="Service levels" rows={levels.data} columns={columns} keyOf={(row) => row.class} />
      )}
    </Section>
  );
}
