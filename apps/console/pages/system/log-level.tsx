import { type Signal, useSignal } from '@preact/signals';
import type { components } from '#libs/client';
import { client, dataOf, ifVersion } from '../../data/client.js';
import type { Instance } from '../../data/ops.js';
import { often, useResource } from '../../data/resource.js';
import { can } from '../../data/session.js';
import { ActionDialog } from '../../ui/dialog.js';
import { Failure, Id, Section, Time } from '../../ui/parts.js';

type LogLevel = components['schemas']['OpsLogLevel'];
type Change = components['schemas']['LogLevelChange'];

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
const lengths: [minutes: string, words: string][] = [
  ['5', '5 minutes'],
  ['30', '30 minutes'],
  ['60', 'an hour'],
  ['240', 'four hours'],
];
const apps: Record<string, string> = {
  all: 'all processes',
  api: 'all API processes',
  worker: 'all workers',
};

const nameOf = ({ app, host, pid }: Instance) => `${app} ${host}:${pid}`;

function targetName(target: string, instances: Instance[]): string {
  const instance = instances.find(({ id }) => id === target);
  return apps[target] ?? (instance ? nameOf(instance) : 'a process that is gone');
}

/** What operators made of the level of the log, for a time, and the way to do that. */
export function LevelOfLog({ instances }: { instances: Instance[] }) {
  const level = useResource('log level', async () => dataOf(await client.GET('/v1/ops/log-level')), {
    every: often,
  });
  const open = useSignal<'change' | 'end' | undefined>(undefined);
  const { data } = level;
  const dialog = { onClose: () => (open.value = undefined), onDone: level.reload };
  const actions = data && can('ops:write') && (
    <span class="actions">
      {data.level && (
        <button type="button" class="small" onClick={() => (open.value = 'end')}>
          End now
        </button>
      )}
      <button type="button" class="small" onClick={() => (open.value = 'change')}>
        Change the level
      </button>
    </span>
  );
  return (
    <Section title="Level of the log" aside={actions}>
      {level.error !== undefined && <Failure error={level.error} retry={level.reload} />}
      {data && <Current level={data} instances={instances} />}
      {data && open.value === 'change' && <ChangeDialog level={data} instances={instances} {...dialog} />}
      {data && open.value === 'end' && <EndDialog level={data} {...dialog} />}
    </Section>
  );
}

function Current({ level, instances }: { level: LogLevel; instances: Instance[] }) {
  if (!level.level) return <p class="quiet">Every process logs as its LOG_LEVEL says</p>;
  const by = level.changed_by!;
  return (
    <div class="banner active" role="status">
      <p>
        <strong>{level.level}</strong> in {targetName(level.target!, instances)} until{' '}
        <Time at={level.until} exact />, set by{' '}
        {can('users:read') ? <Id of={by} to={`/users/${by}`} /> : <Id of={by} />}{' '}
        <Time at={level.changed_at} />: {level.reason}
      </p>
    </div>
  );
}

interface DialogProps {
  level: LogLevel;
  onClose: () => void;
  onDone: () => void;
}

function ChangeDialog({
  level: { level: current, version },
  instances,
  onClose,
  onDone,
}: DialogProps & { instances: Instance[] }) {
  const level = useSignal<string>('debug');
  const target = useSignal('all');
  const minutes = useSignal('30');
  const running = instances.filter(({ state }) => state === 'up');
  return (
    <ActionDialog
      title="Level of the log"
      action="Change the level"
      onClose={onClose}
      run={async (reason) => {
        const wanted = { level: level.value as Change['level'], target: target.value };
        const body = { ...wanted, minutes: Number(minutes.value), reason };
        dataOf(await client.PUT('/v1/ops/log-level', { params: { header: ifVersion(version) }, body }));
        onDone();
      }}
    >
      <Choice label="Level" value={level} of={levels.map((name) => [name, name])} />
      <Choice
        label="Of"
        value={target}
        of={[...Object.entries(apps), ...running.map((one): [string, string] => [one.id, nameOf(one)])]}
      />
      <Choice label="For" value={minutes} of={lengths} />
      <p class="quiet">
        Processes follow within three seconds and go back by themselves.
        {current && ` This replaces the level ${current}.`}
      </p>
    </ActionDialog>
  );
}

function Choice({ label, value, of }: { label: string; value: Signal<string>; of: [string, string][] }) {
  return (
    <label>
      {label}
      <select value={value.value} onChange={(event) => (value.value = event.currentTarget.value)}>
        {of.map(([choice, words]) => (
          <option key={choice} value={choice}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

function EndDialog({ level: { version }, onClose, onDone }: DialogProps) {
  return (
    <ActionDialog
      title="End the change of the level"
      action="End now"
      needsReason={false}
      onClose={onClose}
      run={async () => {
        const params = { header: ifVersion(version) };
        dataOf({ data: true, ...(await client.DELETE('/v1/ops/log-level', { params })) });
        onDone();
      }}
    >
      <p>Every process logs as its LOG_LEVEL says again, within three seconds.</p>
    </ActionDialog>
  );
}
