import { useSignal } from '@preact/signals';
import type { components } from '#libs/client';
import { client, dataOf, ifVersion } from '../../data/client.js';
import { seldom, useResource } from '../../data/resource.js';
import { can } from '../../data/session.js';
import { ActionDialog } from '../../ui/dialog.js';
import { A, Copy, Fact, Facts, LoadState, Section, State, Subject, Time } from '../../ui/parts.js';
import { type Column, Table } from '../../ui/table.js';

type UserSession = components['schemas']['UserSession'];
type User = components['schemas']['User'];

const columns: Column<UserSession>[] = [
  { title: 'Device', isMain: true, cell: ({ device }) => device ?? 'Unknown device' },
  { title: 'Began', cell: ({ created_at }) => <Time at={created_at} /> },
  { title: 'Last seen', cell: ({ last_seen_at }) => <Time at={last_seen_at} /> },
  { title: 'By', cell: ({ impersonated }) => (impersonated ? 'an administrator' : 'the user') },
];

const roles = ['member', 'viewer', 'operator', 'admin'] as const;

export function User({ id }: { id: string }) {
  const params = { path: { id } };
  const user = useResource(`user ${id}`, async () => dataOf(await client.GET('/v1/users/{id}', { params })), {
    every: seldom,
  });
  const sessions = useResource(
    `sessions of ${id}`,
    async () => dataOf(await client.GET('/v1/users/{id}/sessions', { params })).data,
    { every: seldom },
  );
  const open = useSignal<'role' | 'status' | 'sessions' | undefined>(undefined);
  const { data } = user;
  if (!data) return <LoadState of={user} />;
  const close = () => (open.value = undefined);
  const change = async (body: Partial<Pick<User, 'role'>> & { status?: 'active' | 'disabled' }) => {
    dataOf(
      await client.PATCH('/v1/users/{id}', {
        params: { path: { id }, header: ifVersion(data.version) },
        body,
      }),
    );
    user.reload();
    sessions.reload();
  };
  const next = data.status === 'disabled' ? 'active' : 'disabled';
  return (
    <>
      <Subject name={data.email}>
        {can('users:write') && (
          <>
            <button type="button" onClick={() => (open.value = 'role')}>
              Change the role
            </button>
            <button type="button" onClick={() => (open.value = 'status')}>
              {next === 'disabled' ? 'Disable' : 'Enable'}
            </button>
            <button type="button" onClick={() => (open.value = 'sessions')}>
              Sign out everywhere
            </button>
          </>
        )}
        <Copy text={data.id} label="Copy id" />
      </Subject>
      <Section title="Facts">
        <Facts>
          <Fact name="Name">{data.name}</Fact>
          <Fact name="Status">
            <State of={data.status} />
          </Fact>
          <Fact name="Role">
            <A to={`/users?role=${data.role}`}>{data.role}</A>
          </Fact>
          <Fact name="Since">
            <Time at={data.created_at} exact />
          </Fact>
          <Fact name="Jobs">
            <A to={`/jobs?owner=${id}`}>Jobs of this user</A>
          </Fact>
          {can('audit:read') && (
            <Fact name="Audit">
              <A to={`/audit?actor=${id}`}>What this user did</A>,{' '}
              <A to={`/audit?target=user:${id}`}>what was done to it</A>
            </Fact>
          )}
        </Facts>
      </Section>
      <Section title="Live sessions">
        <LoadState of={sessions} />
        {sessions.data &&
          (sessions.data.length > 0 ? (
            <Table name="Live sessions" rows={sessions.data} columns={columns} keyOf={(row) => row.id} />
          ) : (
            <p class="quiet">Not signed in anywhere</p>
          ))}
      </Section>
      {open.value === 'role' && <RoleDialog user={data} onClose={close} change={change} />}
      {open.value === 'status' && (
        <ActionDialog
          title={`${next === 'disabled' ? 'Disable' : 'Enable'} ${data.email}`}
          action={next === 'disabled' ? 'Disable' : 'Enable'}
          isDangerous={next === 'disabled'}
          needsReason={false}
          onClose={close}
          run={() => change({ status: next })}
        >
          <p>
            {next === 'disabled'
              ? 'Every session and API key of the account stops working at once. It can be enabled again.'
              : 'The user can sign in again.'}
          </p>
        </ActionDialog>
      )}
      {open.value === 'sessions' && (
        <ActionDialog
          title={`Sign ${data.email} out`}
          action="Sign out everywhere"
          isDangerous
          needsReason={false}
          onClose={close}
          run={async () => {
            dataOf({ data: true, ...(await client.DELETE('/v1/users/{id}/sessions', { params })) });
            sessions.reload();
          }}
        >
          <p>All sessions end at once. The user and all administrators are told by mail.</p>
        </ActionDialog>
      )}
    </>
  );
}

function RoleDialog({
  user,
  onClose,
  change,
}: {
  user: User;
  onClose: () => void;
  change: (body: { role: User['role'] }) => Promise<void>;
}) {
  const role = useSignal(user.role);
  return (
    <ActionDialog
      title={`Role of ${user.email}`}
      action="Change the role"
      needsReason={false}
      onClose={onClose}
      run={() => change({ role: role.value })}
    >
      <label>
        Role
        <select
          value={role.value}
          onChange={(event) => (role.value = event.currentTarget.value as User['role'])}
        >
          {roles.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <p class="quiet">Administrators and the user are told of every change of rights by mail.</p>
    </ActionDialog>
  );
}
