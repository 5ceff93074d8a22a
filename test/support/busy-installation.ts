import { readFileSync } from 'node:fs';
import {
  auditEventRow,
  deadLetterRow,
  idOf,
  operationRow,
  type Row,
  sessionRow,
  userRow,
} from '../../tools/database/rows.js';
import { insert } from '../../tools/database/seed.js';
import type { World } from './apps.js';
import { busyProcesses, liveSamples, sampleRows } from '../../tools/database/samples.js';

const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;

const release = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** The release before the trouble, that which brought it, and this one, which ended it. */
const releases = ['0.0.8', '0.0.9', release.version] as const;

/** The pages of single things, and what their pictures are called. */
export const details: Record<string, string> = {
  [`/jobs/${jobIdOf(0)}`]: 'job-queued',
  [`/jobs/${jobIdOf(2)}`]: 'job-running',
  [`/jobs/${jobIdOf(5)}`]: 'job-failed',
  [`/dead-letters/${jobIdOf(5)}`]: 'dead-letter',
  [`/users/${idOf('user', 17)}`]: 'user',
};

/** Fills an installation with all that a console can show, as if it had been used by many for a week. */
export async function fillInstallation(world: World): Promise<void> {
  const now = new Date();
  const people = Array.from({ length: 120 }, (_, n) => userRow(n, now));
  await put(world, 'users', people);
  await put(
    world,
    'sessions',
    people.slice(0, 40).map(({ id }, n) => sessionRow(n, String(id), now)),
  );
  await put(
    world,
    'operations',
    Array.from({ length: 80 }, (_, n) => operationOf(n, now)),
  );
  await put(
    world,
    'dead_letters',
    [5, 6, 14, 23, 32, 41].map((n) => deadLetterOf(n, now)),
  );
  await put(
    world,
    'audit_events',
    Array.from({ length: 120 }, (_, n) => auditEventRow(80 + n, idOf('user', n % 8), idOf('user', n), now)),
  );
  await put(world, 'ops_instances', instanceRows(now));
  await put(world, 'ops_errors', errorRows(now));
  await put(world, 'schedules', scheduleRows(now));
  await put(world, 'queue_controls', [
    { name: 'bulk', state: 'running', version: 1, max_running: 8, reason: 'A quiet night for the others' },
    {
      name: 'mail',
      state: 'paused',
      version: 3,
      max_running: null,
      reason: 'The mail server asked for less',
    },
  ]);
  await put(world, 'ops_samples', sampleRows(now));
  await live(world);
}

/** Ids of jobs are in the order of time, the newest first here: that is the order of their list. */
function jobIdOf(n: number): string {
  return `${(0xffff_ffff - n).toString(16)}${idOf('job', n).slice(8)}`;
}

const finished = [
  'succeeded',
  'succeeded',
  'succeeded',
  'failed',
  'succeeded',
  'cancelled',
  'succeeded',
  'succeeded',
  'succeeded',
];
const stateOf = (n: number) =>
  n < 2 ? 'queued' : n < 5 ? 'running' : n < 7 ? 'failed' : finished[(n - 11 + 9) % 9]!;

function operationOf(n: number, now: Date): Row {
  const created = now.getTime() - (n < 5 ? 8 + n * 17 : n * n * 9) * second;
  const started = created + (40 + ((n * 37) % 400));
  const took = 300 + ((n * 7919) % 24_000);
  const state = stateOf(n);
  const isOver = n > 4;
  return operationRow(n, state, idOf('user', n % 8), now, {
    id: jobIdOf(n),
    name: ['users.export', 'users.import', 'users.export', 'jobs.redrive-dead-letters'][n % 4]!,
    ...(state === 'failed' && { name: 'users.export' }),
    created_at: iso(created),
    started_at: n < 2 ? null : iso(started),
    finished_at: isOver ? iso(started + took) : null,
    updated_at: iso(isOver ? started + took : created),
    ...(state === 'failed' && {
      problem: {
        code: 'jobs.timed-out',
        detail: 'The attempt wrote no row for 60 s and was stopped; 8 attempts ended like this.',
      },
      attempt: 8,
    }),
  });
}

const deadLetterOf = (n: number, now: Date): Row =>
  deadLetterRow(n, jobIdOf(n), idOf('user', n % 8), now, {
    headers: {
      enqueued_at: iso(now.getTime() - n * n * 9 * second),
      owner: idOf('user', n % 8),
      request_id: idOf('request', n),
      traceparent: `00-${idOf('trace', n).replaceAll('-', '')}-00f067aa0ba902b7-01`,
    },
    payload: {
      format: 'ndjson',
      filter: { role: 'member', status: 'active' },
      accessToken: 'is never shown',
    },
    attempts: 8,
    died_at: iso(now.getTime() - n * n * 8 * second),
    ...(n % 2 === 0 && {
      error: { code: 'database.unavailable', detail: 'No connection within 5 s: the pool of 10 was in use.' },
    }),
  });

/** What its processes and workers write all the time: signs of life, counts of the queues, and what they measured in the last minute. */
export async function live(world: World): Promise<void> {
  const { pool } = world.db;
  const now = Date.now();
  await pool.query('update ops_instances set last_seen_at = now() where id = any($1)', [
    busyProcesses.map(({ id }) => id),
  ]);
  await put(world, 'ops_samples', liveSamples(now));
  await pool.query(
    `update schedules set next_slot_at = date_trunc('minute', now()) + interval '1 minute', last_enqueued_at = date_trunc('minute', now())
     where cron = '* * * * *'`,
  );
  const counts = [
    { name: 'bulk', waiting: 37, active: 8, delayed: 4, oldest_waiting_at: iso(now - 19 * second) },
    { name: 'default', waiting: 0, active: 3, delayed: 1, oldest_waiting_at: null },
    { name: 'mail', waiting: 212, active: 0, delayed: 0, oldest_waiting_at: iso(now - 4 * minute) },
  ];
  for (const { name, waiting, active, delayed, oldest_waiting_at: oldest } of counts)
    await pool.query(
      `insert into queue_counts (name, waiting, active, delayed, oldest_waiting_at, measured_at) values ($1, $2, $3, $4, $5, now())
       on conflict (name) do update set waiting = $2, active = $3, delayed = $4, oldest_waiting_at = $5, measured_at = now()`,
      [name, waiting, active, delayed, oldest],
    );
}

async function put({ db }: World, table: string, rows: readonly Row[]): Promise<void> {
  const client = await db.pool.connect();
  try {
    await insert(client, table, rows);
  } finally {
    client.release();
  }
}

const iso = (time: number) => new Date(time).toISOString();

function instanceRows(now: Date): Row[] {
  const started = (ago: number, seen: number) => ({
    started_at: iso(now.getTime() - ago * minute),
    last_seen_at: iso(now.getTime() - seen * minute),
  });
  const before = (n: number, version: string, ago: number, seen: number): Row => ({
    id: idOf('process before', n),
    app: 'api',
    host: 'api-7c9d',
    pid: 17,
    version,
    ...started(ago, seen),
    stopped_at: started(ago, seen).last_seen_at,
  });
  return [
    ...busyProcesses.map((process) => ({
      ...process,
      version: releases[2],
      ...started(17, 0),
      stopped_at: null,
    })),
    before(1, releases[1], 28, 17),
    before(2, releases[0], 6 * 24 * 60, 28),
    { ...before(3, releases[1], 27, 18), host: 'api-e05a', stopped_at: null },
  ];
}

/** Where, which code, how often, by how many users, minutes ago, and our own functions. */
const causes: [
  source: string,
  name: string,
  code: string,
  count: number,
  users: number,
  ago: number,
  frames: string[],
][] = [
  [
    'request',
    '/v1/users/:id',
    'database.unavailable',
    412,
    88,
    18,
    ['Database.connect', 'UsersService.get', 'UsersController.get'],
  ],
  [
    'request',
    '/v1/sessions',
    'database.unavailable',
    61,
    57,
    18,
    ['Database.connect', 'SessionsService.start', 'SessionsController.start'],
  ],
  ['job', 'users.export', 'jobs.timed-out', 8, 3, 19, ['JobRun.step', 'ExportsService.write']],
  ['job', 'auth.notify', 'mail.refused', 133, 100, 22, ['SmtpMailer.send', 'NotificationsService.send']],
  [
    'request',
    '/v1/user-imports',
    'RangeError',
    2,
    1,
    3100,
    ['readHead', 'ImportsService.request', 'ImportsController.create'],
  ],
];

const errorRows = (now: Date): Row[] =>
  causes.map(([source, name, code, count, users, ago, frames], n) => ({
    fingerprint: idOf('cause', n).slice(0, 16),
    source,
    name,
    code,
    frames,
    count,
    users: Array.from({ length: users }, (_, user) => idOf('user', user)),
    first_seen_at: iso(now.getTime() - Math.min(7 * day, ago * 2 * minute)),
    last_seen_at: iso(now.getTime() - ago * minute),
    first_version: releases[n % 2],
    last_version: releases[1],
    last_request_id: idOf('request', n),
    last_trace_id: source === 'request' ? idOf('trace', n).replaceAll('-', '') : null,
  }));

const scheduleRows = (now: Date): Row[] =>
  [
    ['audit.seal', '* * * * *', 'audit.seal', 0.4],
    ['auth.reseal-secrets', '17 3 * * *', 'auth.reseal-secrets', 420],
    ['auth.rotate-signing-keys', '41 4 * * *', 'auth.rotate-signing-keys', 505],
    ['jobs.sweep-expired', '* * * * *', 'jobs.sweep-expired', 0.4],
    ['ops.roll-up-samples', '* * * * *', 'ops.roll-up-samples', 0.4],
  ].map(([name, cron, job, next]) => ({
    name,
    cron,
    time_zone: 'UTC',
    job,
    next_slot_at: iso(now.getTime() + Number(next) * minute),
    last_enqueued_at: iso(now.getTime() - 9 * 60 * minute),
    paused: name === 'auth.reseal-secrets',
  }));
