import { client, dataOf } from '../../data/client.js';
import { often, useResource } from '../../data/resource.js';
import { Failure, Loading, State } from '../../ui/parts.js';
import { type Column, Table } from '../../ui/table.js';

interface Check {
  name: string;
  status: string;
  facts: string;
}

const columns: Column<Check>[] = [
  { title: 'Dependency', isMain: true, cell: ({ name }) => name },
  { title: 'State', cell: ({ status }) => <State of={status} /> },
  { title: 'What it says', isWide: true, cell: ({ facts }) => facts },
];

/** What the process that answers needs, as its own readiness check sees it. */
export function Dependencies() {
  const checks = useResource(
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
  return (
    <>
      {checks.error !== undefined && <Failure error={checks.error} retry={checks.reload} />}
      {!checks.data && checks.error === undefined && <Loading />}
      {checks.data && (
        <Table name="Dependencies" rows={checks.data} columns={columns} keyOf={({ name }) => name} />
      )}
      <p class="quiet">As the API process that answered this request sees them.</p>
    </>
  );
}

function wordsOf(facts: Record<string, unknown>): string {
  return Object.entries(facts)
    .map(([name, value]) =>
      typeof value === 'object' && value !== null
        ? `${name} (${wordsOf(value as Record<string, unknown>)})`
        : `${name.replaceAll('_', ' ')} ${String(value)}`,
    )
    .join(', ');
}
