import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { client, dataOf, newKey } from '../../data/client.js';
import { often, useResource } from '../../data/resource.js';
import { count, plural } from '../../data/words.js';
import { ActionDialog } from '../../ui/dialog.js';
import { A, Failure, State } from '../../ui/parts.js';

export type BatchKind = 'redrive' | 'discard';

export interface RunningBatch {
  kind: BatchKind;
  /** Of its job. */
  id: string;
}

const words = {
  redrive: { verb: 'Redrive', end: '', means: 'Their jobs are enqueued again.' },
  discard: {
    verb: 'Discard',
    end: ' for good',
    means: 'Their jobs will never be done, and their payloads are removed. This cannot be undone.',
  },
};

type Filters = Record<string, string>;

/** Counts first: the number is what the action will do, and it is done by a job that can be watched and cancelled. */
export function BatchDialog({
  kind,
  filters,
  onClose,
  onStarted,
}: {
  kind: BatchKind;
  filters: Filters;
  onClose: () => void;
  onStarted: (batch: RunningBatch) => void;
}) {
  const rate = useSignal(50);
  const { verb, end, means } = words[kind];
  const request = async (more: { dry_run: boolean; reason: string }) => {
    const body = { filter: filters, rate_per_second: rate.value, ...more };
    const init = { params: { header: newKey() }, body };
    return dataOf(
      kind === 'redrive'
        ? await client.POST('/v1/dead-letters/redrives', init)
        : await client.POST('/v1/dead-letters/discards', init),
    );
  };
  const preview = useResource(`preview ${kind} ${JSON.stringify(filters)}`, () =>
    request({ dry_run: true, reason: 'A preview in the console' }),
  );
  const counted = preview.data && `${count(preview.data.matched)}${preview.data.is_capped ? ' or more' : ''}`;
  return (
    <ActionDialog
      title={`${verb} all that match`}
      action={counted ? `${verb} ${counted}${end}` : verb}
      isDangerous={kind === 'discard'}
      onClose={onClose}
      run={async (reason) => {
        const { id } = await request({ dry_run: false, reason });
        if (id) onStarted({ kind, id });
      }}
    >
      {preview.error !== undefined && <Failure error={preview.error} />}
      <p role="status">
        {preview.data
          ? `${counted} dead ${preview.data.matched === 1 ? 'letter matches' : 'letters match'} ${describe(filters)}. ${means} Those that come meanwhile are left alone.`
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

const describe = (filters: Filters) =>
  Object.keys(filters).length === 0
    ? 'without any filter'
    : Object.entries(filters)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ');

/** What this page began: how far it is, and a way to stop it. */
export function BatchProgress({ of: { kind, id }, onEnd }: { of: RunningBatch; onEnd: () => void }) {
  const params = { path: { id } };
  const { data: job, reload } = useResource(
    `batch ${id}`,
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
  const { verb } = words[kind];
  return (
    <div class="banner active" role="status">
      <State of={job.state} />
      <p>
        <A to={`/jobs/${id}`}>{verb}</A>: {plural(job.progress.done, 'dead letter')}
        {job.progress.total ? ` of ${count(job.progress.total)}` : ''}
      </p>
      {job.progress.total !== null && !isOver && (
        <progress value={job.progress.done} max={job.progress.total} aria-label={`Progress: ${verb}`} />
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
