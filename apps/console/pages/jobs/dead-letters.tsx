import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { components } from '#libs/client';
import { client, dataOf, newKey } from '../../data/client.js';
import { useList } from '../../data/list.js';
import { query } from '../../data/location.js';
import { often, useResource } from '../../data/resource.js';
import { can } from '../../data/session.js';
import { useCommands } from '../../data/shortcuts.js';
import { count, plural } from '../../data/words.js';
import { ActionDialog } from '../../ui/dialog.js';
import { ChoiceFilter, Filters, filtersOf, TextFilter } from '../../ui/filters.js';
import { ListView } from '../../ui/list-view.js';
import { A, Empty, Failure, State, Time } from '../../ui/parts.js';
import type { Column } from '../../ui/table.js';
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
  const isRedriving = useSignal(false);
  const running = useSignal<string | undefined>(undefined);
  const mayAct = can('jobs:write');
  useCommands(
    mayAct
      ? [
          {
            keys: 'D',
            label: 'Redrive all that match',
            group: 'This page',
            run: () => (isRedriving.value = true),
          },
        ]
      : [],
    [mayAct],
  );
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <>
      <Filters>
        <TextFilter name="name" label="Job, for example users.export" isSearch />
        <TextFilter name="code" label="Code of the problem" />
        <ChoiceFilter name="queue" label="Queue" values={useQueueNames()} />
        {mayAct && (list.rows?.length ?? 0) > 0 && (
          <button type="button" onClick={() => (isRedriving.value = true)}>
            Redrive {isFiltered ? 'all that match' : 'all'} …
          </button>
        )}
      </Filters>
      {running.value && <RunningRedrive id={running.value} onEnd={list.reload} />}
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
      {isRedriving.value && (
        <RedriveDialog
          filters={filters}
          onClose={() => (isRedriving.value = false)}
          onStarted={(id) => (running.value = id)}
        />
      )}
    </>
  );
}

/** Counts first: the number is what the action will do, and it is done by a job that can be watched and cancelled. */
function RedriveDialog({
  filters,
  onClose,
  onStarted,
}: {
  filters: Record<string, string>;
  onClose: () => void;
  onStarted: (id: string) => void;
}) {
  const rate = useSignal(50);
  const request = async (body: { dry_run: boolean; reason: string }) =>
    dataOf(
      await client.POST('/v1/dead-letters/redrives', {
        params: { header: newKey() },
        body: { filter: filters, rate_per_second: rate.value, ...body },
      }),
    );
  const preview = useResource(`preview ${JSON.stringify(filters)}`, () =>
    request({ dry_run: true, reason: 'A preview in the console' }),
  );
  const counted = preview.data && `${count(preview.data.matched)}${preview.data.is_capped ? ' or more' : ''}`;
  return (
    <ActionDialog
      title="Redrive all that match"
      action={preview.data ? `Redrive ${counted}` : 'Redrive'}
      onClose={onClose}
      run={async (reason) => {
        const { id } = await request({ dry_run: false, reason });
        if (id) onStarted(id);
      }}
    >
      {preview.error !== undefined && <Failure error={preview.error} />}
      <p role="status">
        {preview.data
          ? `${counted} dead ${preview.data.matched === 1 ? 'letter matches' : 'letters match'} ${describe(filters)}. Those that come meanwhile are left alone.`
          : 'Counting …'}
      </p>
      <label>
        At most so many a second
        <input
          type="number"
          min={1}
          max={1000}
          value={rate.value}
          onInput={(event) => (rate.value = event.currentTarget.valueAsNumber || 1)}
        />
      </label>
    </ActionDialog>
  );
}

const describe = (filters: Record<string, string>) =>
  Object.keys(filters).length === 0
    ? 'without any filter'
    : Object.entries(filters)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ');

/** The redrive that this page began: how far it is, and a way to stop it. */
function RunningRedrive({ id, onEnd }: { id: string; onEnd: () => void }) {
  const params = { path: { id } };
  const { data: job, reload } = useResource(
    `redrive ${id}`,
    async () => dataOf(await client.GET('/v1/jobs/{id}', { params })),
    {
      every: often / 5,
    },
  );
  const isOver = typeof job?.finished_at === 'string';
  useEffect(() => {
    if (isOver) onEnd();
  }, [isOver]);
  if (!job) return null;
  return (
    <div class="banner active" role="status">
      <State of={job.state} />
      <p>
        <A to={`/jobs/${id}`}>Redrive</A>: {plural(job.progress.done, 'dead letter')}
        {job.progress.total ? ` of ${count(job.progress.total)}` : ''}
      </p>
      {job.progress.total !== null && !isOver && (
        <progress value={job.progress.done} max={job.progress.total} aria-label="Progress of the redrive" />
      )}
      {!isOver && (
        <button
          type="button"
          class="small"
          onClick={() => void client.DELETE('/v1/jobs/{id}', { params }).then(reload)}
        >
          Cancel
        </button>
      )}
    </div>
  );
}
