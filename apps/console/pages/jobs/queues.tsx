import { useSignal } from '@preact/signals';
import type { components } from '#libs/client';
import { client, dataOf, ifVersion } from '../../data/client.js';
import { often, useResource } from '../../data/resource.js';
import { can } from '../../data/session.js';
import { count, duration } from '../../data/words.js';
import { ActionDialog } from '../../ui/dialog.js';
import { A, LoadState, State, Time } from '../../ui/parts.js';
import { type Column, Table } from '../../ui/table.js';

type Queue = components['schemas']['Queue'];

const since = (seconds: number | null) => (seconds === null ? '–' : duration(seconds * 1000));

/** What the overview says of a queue as well. */
export const queueColumns: Column<Queue>[] = [
  { title: 'Queue', isMain: true, cell: ({ name }) => <A to={`/jobs?queue=${name}`}>{name}</A> },
  { title: 'State', cell: ({ state }) => <State of={state} plain={state === 'running'} /> },
  {
    title: 'Running',
    isNumber: true,
    cell: ({ counts, max_running: limit }) =>
      `${count(counts.active)}${limit === null ? '' : ` of ${count(limit)}`}`,
  },
  { title: 'Waiting', isNumber: true, cell: ({ counts }) => count(counts.waiting) },
  { title: 'Oldest', isNumber: true, cell: (queue) => since(queue.oldest_waiting_seconds) },
  {
    title: 'Dead',
    isNumber: true,
    cell: ({ name, counts }) => <A to={`/dead-letters?queue=${name}`}>{count(counts.dead)}</A>,
  },
];

export function Queues() {
  const queues = useResource('queues', async () => dataOf(await client.GET('/v1/queues')).data, {
    every: often,
  });
  const changed = useSignal<{ queue: Queue; what: 'state' | 'limit' } | undefined>(undefined);
  const columns: Column<Queue>[] = [
    ...queueColumns,
    { title: 'Between attempts', isNumber: true, isMinor: true, cell: ({ counts }) => count(counts.delayed) },
    { title: 'Outbox', isNumber: true, isMinor: true, cell: ({ outbox }) => count(outbox.backlog) },
    { title: 'Counted', isMinor: true, cell: ({ counts }) => <Time at={counts.measured_at} /> },
    ...(can('jobs:write')
      ? [
          {
            title: 'Actions',
            cell: (queue: Queue) => (
              <span class="actions">
                <button
                  type="button"
                  class="small"
                  onClick={() => (changed.value = { queue, what: 'state' })}
                >
                  {queue.state === 'running' ? 'Pause' : 'Resume'}
                  <span class="hidden"> {queue.name}</span>
                </button>
                <button
                  type="button"
                  class="small"
                  onClick={() => (changed.value = { queue, what: 'limit' })}
                >
                  Limit<span class="hidden"> of {queue.name}</span>
                </button>
              </span>
            ),
          },
        ]
      : []),
  ];
  return (
    <>
      <LoadState of={queues} />
      {queues.data && <Table name="Queues" rows={queues.data} columns={columns} keyOf={({ name }) => name} />}
      {changed.value?.what === 'state' && (
        <StateDialog
          queue={changed.value.queue}
          onClose={() => (changed.value = undefined)}
          onDone={queues.reload}
        />
      )}
      {changed.value?.what === 'limit' && (
        <LimitDialog
          queue={changed.value.queue}
          onClose={() => (changed.value = undefined)}
          onDone={queues.reload}
        />
      )}
    </>
  );
}

interface DialogProps {
  queue: Queue;
  onClose: () => void;
  onDone: () => void;
}

function StateDialog({ queue: { name, state, version, counts }, onClose, onDone }: DialogProps) {
  const next = state === 'running' ? 'paused' : 'running';
  return (
    <ActionDialog
      title={`${next === 'paused' ? 'Pause' : 'Resume'} ${name}`}
      action={next === 'paused' ? 'Pause' : 'Resume'}
      isDangerous={next === 'paused'}
      onClose={onClose}
      run={async (reason) => {
        const params = { path: { name }, header: ifVersion(version) };
        dataOf(await client.PUT('/v1/queues/{name}/state', { params, body: { state: next, reason } }));
        onDone();
      }}
    >
      <p>
        {next === 'paused'
          ? `Workers follow within two seconds. The ${count(counts.active)} running jobs go on to their end; ${count(counts.waiting)} wait, and so does what is enqueued meanwhile.`
          : `Workers follow within two seconds, with the ${count(counts.waiting)} jobs that wait.`}
      </p>
    </ActionDialog>
  );
}

function LimitDialog({ queue: { name, max_running: limit, version }, onClose, onDone }: DialogProps) {
  const text = useSignal(limit === null ? '' : String(limit));
  return (
    <ActionDialog
      title={`Limit of ${name}`}
      action="Set the limit"
      onClose={onClose}
      run={async (reason) => {
        const params = { path: { name }, header: ifVersion(version) };
        const body = { max_running: text.value === '' ? null : Number(text.value), reason };
        dataOf(await client.PUT('/v1/queues/{name}/limit', { params, body }));
        onDone();
      }}
    >
      <label>
        Jobs that run at once in all workers together; empty for no limit
        <input
          type="number"
          min={1}
          max={10000}
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
    </ActionDialog>
  );
}
