import { client, dataOf } from '../../data/client.js';
import type { Dependency } from '../../data/ops.js';
import { often, seldom, useResource } from '../../data/resource.js';
import { count, figure } from '../../data/words.js';
import { Empty, LoadState, Section, State, Time } from '../../ui/parts.js';
import { type Column, Table } from '../../ui/table.js';

interface Check {
  name: string;
  status: string;
  facts: string;
}

const checks: Column<Check>[] = [
  { title: 'Dependency', isMain: true, cell: ({ name }) => name },
  { title: 'State', cell: ({ status }) => <State of={status} plain={status === 'up'} /> },
  { title: 'What it says', isWide: true, cell: ({ facts }) => facts },
];

const dependencies: Column<Dependency>[] = [
  {
    title: 'Dependency',
    isMain: true,
    cell: ({ name, app }) => `${name} of ${app === 'api' ? 'the API' : 'the worker'}`,
  },
  { title: 'State', cell: ({ state }) => <State of={state} plain={state === 'up'} /> },
  { title: 'Since', cell: ({ since }) => (since ? <Time at={since} /> : 'no change in 24 h') },
  { title: 'Last 24 hours', isWide: true, cell: ({ history }) => <History of={history} /> },
];

/** Bars of a quarter of an hour each: how often it was up. */
function History({ of }: { of: Dependency['history'] }) {
  const up = of.length === 0 ? null : of.reduce((sum, step) => sum + step.up, 0) / of.length;
  return (
    <span class="history">
      <svg viewBox="0 0 96 14" preserveAspectRatio="none" aria-hidden="true">
        {of.slice(-96).map((step, index, all) => (
          <rect
            key={step.at}
            class={step.up >= 0.995 ? 'good' : step.up >= 0.5 ? 'warning' : 'bad'}
            x={96 - all.length + index + 0.1}
            y={step.up >= 0.995 ? 3 : 0}
            width={0.8}
            height={step.up >= 0.995 ? 11 : 14}
          />
        ))}
      </svg>
      {figure(up, '1')} up
    </span>
  );
}

/** What the processes need: now, as the one that answers sees it, and over a day, as all of them saw it. */
export function Dependencies() {
  const now = useResource(
    'readiness',
    async () => {
      const answer = dataOf(await client.GET('/health/ready'));
      return Object.entries(answer.checks ?? {}).map(([name, { status, ...facts }]): Check => ({
        name,
        status,
        facts: wordsOf(facts),
      }));
    },
    { every: often },
  );
  const day = useResource('dependencies', async () => dataOf(await client.GET('/v1/ops/dependencies')).data, {
    every: seldom,
  });
  return (
    <>
      <Section title="Now, of the API process that answered">
        <LoadState of={now} />
        {now.data && (
          <Table name="Dependencies now" rows={now.data} columns={checks} keyOf={({ name }) => name} />
        )}
      </Section>
      <Section title="All processes">
        <LoadState of={day} />
        {day.data &&
          (day.data.length > 0 ? (
            <Table
              name="Dependencies of all processes"
              rows={day.data}
              columns={dependencies}
              keyOf={({ name, app }) => `${app} ${name}`}
            />
          ) : (
            <Empty title="Nothing was written yet">
              <p>Processes write what they see every ten seconds.</p>
            </Empty>
          ))}
      </Section>
    </>
  );
}

/** `answers in 3 ms; pool: 4 open, 3 idle`: whatever a check adds to its state, in the words of its fields. */
function wordsOf(facts: Record<string, unknown>): string {
  return Object.entries(facts)
    .map(([field, value]) => {
      const name = field.replaceAll('_', ' ');
      if (field === 'ms') return `answers in ${String(value)} ms`;
      if (typeof value === 'boolean') return value ? name : `not ${name}`;
      if (typeof value === 'number') return `${count(value)} ${name}`;
      if (typeof value !== 'object' || value === null) return `${name}: ${String(value)}`;
      return `${name}: ${wordsOf(value as Record<string, unknown>).replaceAll(';', ',')}`;
    })
    .join('; ');
}
