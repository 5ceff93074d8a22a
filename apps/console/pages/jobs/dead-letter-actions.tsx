import { useSignal } from '@preact/signals';
import { client, dataOf, ifVersion, newKey } from '../../data/client.js';
import { useResource } from '../../data/resource.js';
import { can } from '../../data/session.js';
import { useCommands } from '../../data/shortcuts.js';
import type { components } from '#libs/client';
import { ActionDialog } from '../../ui/dialog.js';
import { Diff } from '../../ui/json.js';

type DeadLetter = components['schemas']['DeadLetter'];
type Payload = Record<string, unknown>;

/** Enqueues the job of one dead letter again. */
async function redrive(id: string, reason: string): Promise<void> {
  dataOf(
    await client.POST('/v1/dead-letters/redrives', {
      params: { header: newKey() },
      body: { filter: { ids: [id] }, reason, dry_run: false, rate_per_second: 50 },
    }),
  );
}

/** Redrive, edit and redrive, and discard: the three ends of a job that failed for good. */
export function DeadLetterActions({ id, onDone }: { id: string; onDone: () => void }) {
  const open = useSignal<'redrive' | 'edit' | 'discard' | undefined>(undefined);
  const { data } = useResource(`dead letter ${id} to act on`, async () =>
    dataOf(await client.GET('/v1/dead-letters/{id}', { params: { path: { id } } })),
  );
  const mayAct = can('jobs:write');
  const mayEdit = mayAct && (data?.editable.length ?? 0) > 0;
  useCommands(
    [
      ...(mayAct
        ? [{ keys: 'd', label: 'Redrive', group: 'This page', run: () => (open.value = 'redrive') } as const]
        : []),
      ...(mayEdit
        ? [
            {
              keys: 'e',
              label: 'Edit and redrive',
              group: 'This page',
              run: () => (open.value = 'edit'),
            } as const,
          ]
        : []),
    ],
    [mayAct, mayEdit],
  );
  if (!mayAct || !data) return null;
  const close = () => (open.value = undefined);
  return (
    <>
      <button type="button" class="primary" onClick={() => (open.value = 'redrive')}>
        Redrive
      </button>
      {mayEdit && (
        <button type="button" onClick={() => (open.value = 'edit')}>
          Edit and redrive
        </button>
      )}
      <button type="button" onClick={() => (open.value = 'discard')}>
        Discard
      </button>
      {open.value === 'redrive' && (
        <ActionDialog
          title={`Redrive ${data.name}`}
          action="Redrive"
          onClose={close}
          run={async (reason) => {
            await redrive(id, reason);
            onDone();
          }}
        >
          <p>
            The job is enqueued again, with all its attempts. Whoever watches it sees it wait, run and end.
          </p>
        </ActionDialog>
      )}
      {open.value === 'edit' && <EditDialog deadLetter={data} onClose={close} onDone={onDone} />}
      {open.value === 'discard' && (
        <ActionDialog
          title={`Discard ${data.name}`}
          action="Discard for good"
          isDangerous
          onClose={close}
          run={async (reason) => {
            const params = { path: { id }, query: { reason }, header: ifVersion(data.version) };
            dataOf({ data: true, ...(await client.DELETE('/v1/dead-letters/{id}', { params })) });
            onDone();
          }}
        >
          <p>The job will never be done, and its payload is removed. This cannot be undone.</p>
        </ActionDialog>
      )}
    </>
  );
}

/** Only the fields that the job declares editable can be changed; what changes is shown before it does. */
function EditDialog({
  deadLetter,
  onClose,
  onDone,
}: {
  deadLetter: DeadLetter;
  onClose: () => void;
  onDone: () => void;
}) {
  const { id, name, version, editable } = deadLetter;
  const payload = deadLetter.payload as Payload;
  const texts = useSignal<Record<string, string>>(
    Object.fromEntries(editable.map((field) => [field, textOf(payload[field])])),
  );
  const changed = Object.fromEntries(
    editable.flatMap((field) => {
      const next = valueOf(texts.value[field]!, payload[field]);
      return JSON.stringify(next) === JSON.stringify(payload[field]) ? [] : [[field, next]];
    }),
  ) as Payload;
  return (
    <ActionDialog
      title={`Edit and redrive ${name}`}
      action="Save and redrive"
      isWide
      onClose={onClose}
      run={async (reason) => {
        if (Object.keys(changed).length > 0)
          dataOf(
            await client.PATCH('/v1/dead-letters/{id}', {
              params: { path: { id }, header: ifVersion(version) },
              body: { payload: changed, reason },
            }),
          );
        await redrive(id, reason);
        onDone();
      }}
    >
      {editable.map((field, index) => (
        <label key={field}>
          {field}
          <textarea
            rows={1}
            autofocus={index === 0}
            value={texts.value[field]}
            onInput={(event) => (texts.value = { ...texts.value, [field]: event.currentTarget.value })}
          />
        </label>
      ))}
      <Diff before={payload} after={{ ...payload, ...changed }} />
    </ActionDialog>
  );
}

const textOf = (value: unknown) =>
  typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');

/** What is typed for a text is a text; for everything else it is JSON, and as long as it is none it is a text, which the API refuses. */
function valueOf(text: string, before: unknown): unknown {
  if (typeof before === 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
