import { useSignal } from '@preact/signals';
import type { components } from '#libs/client';
import { client, dataOf } from '../../data/client.js';
import { useList } from '../../data/list.js';
import { query } from '../../data/location.js';
import { can } from '../../data/session.js';
import { useCommands } from '../../data/shortcuts.js';
import { count } from '../../data/words.js';
import { ChoiceFilter, Filters, filtersOf, TextFilter } from '../../ui/filters.js';
import { ListView } from '../../ui/list-view.js';
import { A, Empty, Time } from '../../ui/parts.js';
import type { Column } from '../../ui/table.js';
import { BatchDialog, type BatchKind, BatchProgress, type RunningBatch } from './batch.js';
import { useQueueNames } from './queue-names.js';

type DeadLetter = components['schemas']['DeadLetterSummary'];

const columns: Column<DeadLetter>[] = [
  { title: 'Job', isMain: true, cell: ({ id, name }) => <A to={`/dead-letters/${id}`}>{name}</A> },
  { title: 'Problem', cell: ({ code }) => <A to={`/dead-letters?code=${code}`}>{code}</A> },
  { title: 'Queue', isMinor: true, cell: ({ queue }) => <A to={`/dead-letters?queue=${queue}`}>{queue}</A> },
  { title: 'Attempts', isNumber: true, cell: ({ attempts }) => count(attempts) },
  { title: 'Died', cell: ({ died_at }) => <Time at={died_at} /> },
  {
    title: 'Detail',
    isWide: true,
    isMinor: true,
    cell: ({ detail }) => <span title={detail}>{detail}</span>,
  },
];

export function DeadLetters() {
  const filters = filtersOf('name', 'queue', 'code');
  const list = useList<DeadLetter>(
    `dead letters ${query.value.toString()}`,
    async (cursor) =>
      dataOf(
        await client.GET('/v1/dead-letters', {
          params: { query: { ...filters, limit: '50', ...(cursor && { cursor }) } as never },
        }),
      ),
    ({ id }) => id,
  );
  const open = useSignal<BatchKind | undefined>(undefined);
  const running = useSignal<RunningBatch | undefined>(undefined);
  const mayAct = can('jobs:write');
  useCommands(
    mayAct
      ? [
          {
            keys: 'D',
            label: 'Redrive all that match',
            group: 'This page',
            run: () => (open.value = 'redrive'),
          },
          {
            keys: 'X',
            label: 'Discard all that match',
            group: 'This page',
            run: () => (open.value = 'discard'),
          },
        ]
      : [],
    [mayAct],
  );
  const isFiltered = Object.keys(filters).length > 0;
  const all = isFiltered ? 'all that match' : 'all';
  return (
    <>
      <Filters>
        <TextFilter name="name" label="Job, for example users.export" isSearch />
        <TextFilter name="code" label="Code of the problem" />
        <ChoiceFilter name="queue" label="Queue" values={useQueueNames()} />
        {mayAct && (list.rows?.length ?? 0) > 0 && (
          <>
            <button type="button" onClick={() => (open.value = 'redrive')}>
              Redrive {all} …
            </button>
            <button type="button" onClick={() => (open.value = 'discard')}>
              Discard {all} …
            </button>
          </>
        )}
      </Filters>
      {running.value && <BatchProgress of={running.value} onEnd={list.reload} />}
      <ListView
        list={list}
        name="Dead letters"
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty title={isFiltered ? 'No dead letter matches' : 'No dead letters'}>
            <p>
              {isFiltered ? (
                <A to="/dead-letters">Show all</A>
              ) : (
                'Jobs that failed in all their attempts stand here for 30 days, to be redriven or discarded.'
              )}
            </p>
          </Empty>
        }
      />
      {open.value && (
        <BatchDialog
          kind={open.value}
          filters={filters}
          onClose={() => (open.value = undefined)}
          onStarted={(batch) => (running.value = batch)}
        />
      )}
    </>
  );
}
