import type { components } from '#libs/client';
import { client, dataOf } from '../../data/client.js';
import { useList } from '../../data/list.js';
import { query } from '../../data/location.js';
import { ChoiceFilter, Filters, filtersOf, TextFilter } from '../../ui/filters.js';
import { ListView } from '../../ui/list-view.js';
import { A, Empty, Id, State, Time } from '../../ui/parts.js';
import type { Column } from '../../ui/table.js';

type User = components['schemas']['User'];

const columns: Column<User>[] = [
  { title: 'Address', isMain: true, cell: ({ id, email }) => <A to={`/users/${id}`}>{email}</A> },
  { title: 'Name', cell: ({ name }) => name },
  { title: 'Role', cell: ({ role }) => role },
  { title: 'Status', cell: ({ status }) => <State of={status} plain={status === 'active'} /> },
  { title: 'Id', isMinor: true, cell: ({ id }) => <Id of={id} /> },
  { title: 'Changed', isMinor: true, cell: ({ updated_at }) => <Time at={updated_at} /> },
  { title: 'Since', cell: ({ created_at }) => <Time at={created_at} /> },
];

export function Users() {
  const filters = filtersOf('email', 'role', 'status', 'sort');
  const list = useList<User>(
    `users ${query.value.toString()}`,
    async (cursor) =>
      dataOf(
        await client.GET('/v1/users', {
          params: {
            query: { sort: '-created_at', ...filters, limit: '50', ...(cursor && { cursor }) } as never,
          },
        }),
      ),
    ({ id }) => id,
  );
  return (
    <>
      <Filters>
        <TextFilter name="email" label="Address, in full" isSearch />
        <ChoiceFilter name="role" label="Role" values={['admin', 'operator', 'viewer', 'member']} />
        <ChoiceFilter name="status" label="Status" values={['active', 'invited', 'disabled']} />
        <ChoiceFilter
          name="sort"
          label="Order"
          none="Newest first"
          values={[
            ['created_at', 'oldest first'],
            ['name', 'by name'],
            ['-name', 'by name, downwards'],
          ]}
        />
      </Filters>
      <ListView
        list={list}
        name="Users"
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No user matches">
            <p>
              <A to="/users">Show all users</A>
            </p>
          </Empty>
        }
      />
    </>
  );
}
