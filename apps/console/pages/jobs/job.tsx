import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { components } from '#libs/client';
import { client, dataOf } from '../../data/client.js';
import { often, useResource } from '../../data/resource.js';
import { can } from '../../data/session.js';
import { useCommands } from '../../data/shortcuts.js';
import { count, duration } from '../../data/words.js';
import { ActionDialog } from '../../ui/dialog.js';
import { Icon, type IconName } from '../../ui/icon.js';
import { Json } from '../../ui/json.js';
import { A, Copy, Fact, Facts, Id, LoadState, Section, State, Subject, Time } from '../../ui/parts.js';
import { Trace } from '../../ui/trace.js';
import { DeadLetterActions } from './dead-letter-actions.js';

type Inspection = components['schemas']['JobInspection'];

const isOpen = ({ state }: Pick<Inspection, 'state'>) => ['queued', 'dispatched', 'running'].includes(state);

/** One job: where it is, why it waits, what it was asked to do, how it ended. It is live while it is not finished. */
export function Job({ id }: { id: string }) {
  const params = { path: { id } };
  const job = useResource(
    `job ${id}`,
    async () => dataOf(await client.GET('/v1/job-inspections/{id}', { params })),
    {
      every: often,
    },
  );
  const { data } = job;
  useEvents(data && isOpen(data) ? data.links.job : undefined, job.reload);
  const isCancelling = useSignal(false);
  const mayCancel = data !== undefined && isOpen(data) && data.links.job !== undefined && can('jobs:write');
  useCommands(
    mayCancel
      ? [{ keys: 'x', label: 'Cancel the job', group: 'This page', run: () => (isCancelling.value = true) }]
      : [],
    [mayCancel],
  );
  if (!data) return <LoadState of={job} />;
  const deadLetter = data.links.dead_letter?.split('/').at(-1);
  return (
    <>
      <LoadState of={job} />
      <Subject name={data.type}>
        {mayCancel && (
          <button type="button" onClick={() => (isCancelling.value = true)}>
            Cancel the job
          </button>
        )}
        {deadLetter && <DeadLetterActions id={deadLetter} onDone={job.reload} />}
        <Copy text={data.id} label="Copy id" />
      </Subject>
      {data.waiting && (
        <div class="banner active" role="status">
          <Icon name="queued" />
          <p>{data.waiting.sentence}</p>
        </div>
      )}
      {data.error && (
        <div class="banner bad">
          <Icon name="bad" />
          <p>
            {data.error.detail || 'It failed without a detail.'}{' '}
            {data.error.code && (
              <a href={`/problems/${data.error.code}`} target="_blank" rel="noreferrer">
                {data.error.code}
              </a>
            )}
          </p>
        </div>
      )}
      <div class="columns">
        <Section title="Facts">
          <Facts>
            <Fact name="State">
              <State of={data.state} />
            </Fact>
            <Fact name="Id" isWide>
              <code>{data.id}</code>
            </Fact>
            <Fact name="Queue">
              {data.queue ? <A to={`/jobs?queue=${data.queue}`}>{data.queue}</A> : 'unknown'}
            </Fact>
            <Fact name="Attempts">
              {count(data.attempts)}
              {data.max_attempts !== null && ` of ${count(data.max_attempts)}`}
            </Fact>
            <Fact name="Owner">
              {data.owner_id ? <Id of={data.owner_id} to={`/users/${data.owner_id}`} /> : '–'}
            </Fact>
            <Fact name="Progress">
              <Progress of={data} />
            </Fact>
            <Fact name="Time limit">
              {data.timeout_seconds === null ? '–' : duration(data.timeout_seconds * 1000)}
            </Fact>
            <Fact name="Request" isWide>
              {data.request_id ? <code>{data.request_id}</code> : '–'}
            </Fact>
            <Fact name="Trace">
              {data.trace_id ? <Trace id={data.trace_id} url={data.trace_url} /> : '–'}
            </Fact>
          </Facts>
        </Section>
        <Section title="Course">
          <Course of={data} />
        </Section>
      </div>
      {data.payload !== null && data.payload !== undefined && (
        <Json name="Payload, secrets hidden" value={data.payload} />
      )}
      {isCancelling.value && (
        <ActionDialog
          title={`Cancel ${data.type}`}
          action="Cancel the job"
          isDangerous
          needsReason={false}
          onClose={() => (isCancelling.value = false)}
          run={async () => {
            dataOf(await client.DELETE('/v1/jobs/{id}', { params }));
            job.reload();
          }}
        >
          <p>
            A waiting job is cancelled at once, a running one stops within two seconds. What it has done so
            far stays. The audit log says who cancelled it.
          </p>
        </ActionDialog>
      )}
    </>
  );
}

function Progress({ of: { progress } }: { of: Inspection }) {
  if (!progress.total) return <>{progress.done > 0 ? `${count(progress.done)} done` : '–'}</>;
  return (
    <>
      <progress value={progress.done} max={progress.total} aria-label="Progress" /> {count(progress.done)} of{' '}
      {count(progress.total)}
    </>
  );
}

function Course({ of: job }: { of: Inspection }) {
  return (
    <ol class="steps">
      <Step icon="dispatched" at={job.created_at}>
        Enqueued
      </Step>
      {job.started_at && (
        <Step icon="running" at={job.started_at}>
          First attempt began
        </Step>
      )}
      {job.attempts > 1 && <Step icon="warning">{count(job.attempts - 1)} more attempts</Step>}
      {job.cancel_requested_at && (
        <Step icon="cancelled" at={job.cancel_requested_at}>
          Somebody asked to cancel it
        </Step>
      )}
      {job.finished_at ? (
        <Step
          icon={endOf(job.state)}
          at={job.finished_at}
          tone={job.state === 'succeeded' ? 'good' : job.state === 'failed' ? 'bad' : ''}
        >
          {job.state[0]!.toUpperCase() + job.state.slice(1)}
          {job.started_at && ` after ${duration(Date.parse(job.finished_at) - Date.parse(job.started_at))}`}
        </Step>
      ) : (
        <Step icon={job.state === 'running' ? 'running' : 'queued'} tone="active">
          {job.state === 'running' ? `Attempt ${job.attempts} runs` : 'Waits'}
        </Step>
      )}
    </ol>
  );
}

const endOf = (state: string): IconName =>
  state === 'succeeded' ? 'good' : state === 'failed' ? 'bad' : 'cancelled';

const Step = ({
  icon,
  at,
  tone = '',
  children,
}: {
  icon: IconName;
  at?: string;
  tone?: string;
  children: ComponentChildren;
}) => (
  <li class={tone}>
    <Icon name={icon} />
    <span>{children}</span>
    {at && <Time at={at} />}
  </li>
);

/** Reloads at each server-sent event about a job that can be watched; what cannot is looked at again and again. */
function useEvents(job: string | undefined, changed: () => void): void {
  useEffect(() => {
    if (!job) return;
    const source = new EventSource(`${job}/events`);
    source.addEventListener('job', changed);
    return () => source.close();
  }, [job]);
}
