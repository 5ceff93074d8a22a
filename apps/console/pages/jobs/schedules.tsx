import type { components } from '#libs/client';
import { client, dataOf } from '../../data/client.js';
import { wordsOfCron } from '../../data/cron.js';
import { seldom, useResource } from '../../data/resource.js';
import { A, Empty, LoadState, State, Status, Time } from '../../ui/parts.js';
import { type Column, Table } from '../../ui/table.js';

type Schedule = components['schemas']['Schedule'];

const columns: Column<Schedule>[] = [
  { title: 'Schedule', isMain: true, cell: ({ name, job }) => <A to={`/jobs?name=${job}`}>{name}</A> },
  {
    title: 'State',
    cell: ({ paused, late }) =>
      late ? (
        <Status tone="bad" icon="warning">
          late
        </Status>
      ) : paused ? (
        <State of="paused" />
      ) : (
        <Status tone="neutral" icon="good">
          on time
        </Status>
      ),
  },
  { title: 'Next', cell: ({ next_run_at }) => <Time at={next_run_at} /> },
  { title: 'Last', cell: ({ last_run_at }) => <Time at={last_run_at} /> },
  { title: 'When', cell: ({ cron }) => wordsOfCron(cron) || <code>{cron}</code> },
  { title: 'Cron', isMinor: true, cell: ({ cron }) => <code>{cron}</code> },
  { title: 'Time zone', isMinor: true, cell: ({ time_zone }) => time_zone },
  { title: 'Job', isMinor: true, cell: ({ job }) => job },
];

export function Schedules() {
  const schedules = useResource('schedules', async () => dataOf(await client.GET('/v1/schedules')).data, {
    every: seldom,
  });
  return (
    <>
      <LoadState of={schedules} />
      {schedules.data &&
        (schedules.data.length > 0 ? (
          <Table name="Schedules" rows={schedules.data} columns={columns} keyOf={({ name }) => name} />
        ) : (
          <Empty title="No worker has announced its schedules yet">
            <p>
              They are declared in the code, with <code>defineSchedule</code>, and stand here as soon as a
              worker has started.
            </p>
          </Empty>
        ))}
    </>
  );
}
