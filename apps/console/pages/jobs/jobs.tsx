import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { components } from '#libs/client';
import { client, dataOf } from '../../data/client.js';
import { type List, useList } from '../../data/list.js';
import { query } from '../../data/location.js';
import { count, duration, instant } from '../../data/words.js';
import { serverNow } from '../../data/client.js';
import { second } from '../../data/resource.js';
import { Chip, ChoiceFilter, Filters, filtersOf, Tabs, TextFilter } from '../../ui/filters.js';
import { ListView } from '../../ui/list-view.js';
import { A, Empty, Id, State, Time } from '../../ui/parts.js';
import type { Column } from '../../ui/table.js';
import { useQueueNames } from './queue-names.js';

type Job = components['schemas']['JobItem'];

const states = ['queued', 'dispatched', 'running', 'succeeded', 'failed', 'cancelled'] as const;

const columns: Column<Job>[] = [
  { title: 'Job', isMain: true, cell: ({ id, type }) => <A to={`/jobs/${id}`}>{type}</A> },
  { title: 'State', cell: ({ state }) => <State of={state} /> },
  { title: 'Id', isMinor: true, cell: ({ id }) => <Id of={id} /> },
  { title: 'Queue', isMinor: true, cell: ({ queue }) => queue ?? '–' },
  { title: 'Attempts', isNumber: true, cell: ({ attempts }) => count(attempts) },
  { title: 'Took', isNumber: true, isMinor: true, cell: (job) => <Took job={job} /> },
  { title: 'Enqueued', cell: ({ created_at }) => <Time at={created_at} /> },
  { title: 'Progress or error', isWide: true, isMinor: true, cell: (job) => <Outcome job={job} /> },
];

function Took({ job: { started_at, finished_at, state } }: { job: Job }) {
  if (!started_at) return <>–</>;
  if (finished_at) return <>{duration(Date.parse(finished_at) - Date.parse(started_at))}</>;
  return state === 'running' ? <>{(second.value, duration(serverNow() - Date.parse(started_at)))}</> : <>–</>;
}

function Outcome({ job: { error, progress, state } }: { job: Job }) {
  if (error) return <span title={error.detail ?? ''}>{error.detail || error.code}</span>;
  if (state === 'running' && progress.total)
    return (
      <>
        <progress value={progress.done} max={progress.total} aria-label="Progress" /> {count(progress.done)}{' '}
        of {count(progress.total)}
      </>
    );
  return <>{progress.done > 0 ? `${count(progress.done)} done` : ''}</>;
}

/** Pairs of filters that a cell of a heatmap gives, and how they are told. */
const ranges = [
  ['started_after', 'started_before'],
  ['waited_over', 'waited_up_to'],
  ['finished_after', 'finished_before'],
  ['ran_over', 'ran_up_to'],
] as const;
const rangeWords = ['Began', 'Waited', 'Ended', 'Ran'];

function RangeChips() {
  const chips = ranges.flatMap((names, index) => {
    const [low, high] = names.map((name) => query.value.get(name));
    if (!low && !high) return [];
    const words = (text: string) =>
      Number.isNaN(Number(text)) ? instant(text) : duration(Number(text) * 1000);
    const limits = [low && `after ${words(low)}`, high && `up to ${words(high)}`].filter(Boolean).join(', ');
    return [
      <Chip key={names[0]} names={names}>
        {`${rangeWords[index]} ${limits}`}
      </Chip>,
    ];
  });
  return chips.length > 0 ? <div class="chips">{chips}</div> : null;
}

/** Rounds that a search goes on by itself: 50,000 jobs. Then it asks. */
const roundsAtOnce = 10;
const wanted = 20;

export function Jobs() {
  const total = useSignal(0);
  const filters = filtersOf('name', 'queue', 'state', 'owner', 'text', 'argument', ...ranges.flat());
  const list = useList<Job>(
    `jobs ${query.value.toString()}`,
    async (cursor) => {
      const answer = dataOf(
        await client.GET('/v1/jobs', {
          params: { query: { ...filters, limit: '50', ...(cursor && { cursor }) } as never },
        }),
      );
      total.value = answer.search.of;
      return answer;
    },
    ({ id }) => id,
  );
  const isFiltered = Object.keys(filters).length > 0;
  const search = useSearch(list, isFiltered);
  const queues = useQueueNames();
  return (
    <>
      <Tabs name="state" label="State" values={states} />
      <Filters>
        <TextFilter name="text" label="Search in errors" isSearch />
        <TextFilter name="name" label="Job, as users.export" />
        <ChoiceFilter name="queue" label="Queue" values={queues} />
        <TextFilter name="owner" label="Owner, by id" />
        <TextFilter name="argument" label="Argument, as field:value" pattern="[^:]+:.+" />
      </Filters>
      <RangeChips />
      <ListView
        list={list}
        name="Jobs"
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          isFiltered ? (
            search.isRunning ? (
              <Empty title="Searching …" />
            ) : (
              <Empty title={list.hasMore ? 'None found so far' : 'No job matches'}>
                <p>
                  Jobs that nobody can watch leave no row when they are done, and jobs that are done no
                  arguments. <A to="/jobs">Show all jobs</A>
                </p>
              </Empty>
            )
          ) : (
            <Empty title="No jobs yet">
              <p>
                Ask for some work, for example with <code>POST /v1/user-exports</code>, or run{' '}
                <code>npm run demo</code>.
              </p>
            </Empty>
          )
        }
        foot={
          list.rows &&
          (isFiltered || list.rows.length > 0) && (
            <span class="actions">
              {list.hasMore
                ? `${isFiltered ? 'Searched ' : ''}${count(list.searched)} of about ${count(Math.max(total.value, list.searched))}`
                : `${isFiltered ? 'Searched all' : 'All'} ${count(list.searched)}`}
              {search.isRunning && (
                <button type="button" class="small" onClick={search.stop}>
                  Stop
                </button>
              )}
              {!search.isRunning && list.hasMore && list.rows.length < wanted && (
                <button type="button" class="small" onClick={search.goOn}>
                  Search further
                </button>
              )}
            </span>
          )
        }
      />
    </>
  );
}

/** Goes on from page to page while few are found, as long as nobody stops it. Each page looks at a bounded number of jobs. */
function useSearch(list: List<Job>, isFiltered: boolean) {
  const rounds = useSignal(0);
  const isStopped = useSignal(false);
  const key = query.value.toString();
  useEffect(() => {
    rounds.value = 0;
    isStopped.value = false;
  }, [key]);
  const found = list.rows?.length;
  const isRunning =
    isFiltered &&
    found !== undefined &&
    found < wanted &&
    list.hasMore &&
    !isStopped.value &&
    rounds.value < roundsAtOnce;
  useEffect(() => {
    if (!isRunning) return;
    rounds.value += 1;
    void list.more();
  }, [isRunning, list.searched]);
  return {
    isRunning,
    stop: () => (isStopped.value = true),
    goOn: () => {
      rounds.value = 0;
      isStopped.value = false;
    },
  };
}
