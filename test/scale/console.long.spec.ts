import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { figure, verdict } from '#libs/testing';
import { startWorld, type World } from '../support/apps.js';
import { type Person, signedIn } from '../support/people.js';

const jobs = 1_000_000;
const deadLetters = 100_000;
const users = 1_000_000;

/** Milliseconds in which every request of a page should have its answer. */
const mostMs = 1000;

/** Of each request the quickest of so many: what else the machine does at a moment is not what the request costs. */
const rounds = 5;

const bigTables = ['operations', 'dead_letters', 'users'];

let world: World;
let admin: Person;

beforeAll(async () => {
  world = await startWorld();
  admin = await signedIn(world, 'admin');
  const { pool } = world.db;
  const ids = `lpad(to_hex((extract(epoch from now()) * 1000)::bigint - n), 12, '0') || '7000a' || lpad(to_hex(n), 15, '0')`;
  await pool.query(
    `insert into users (id, email, name, role, status, created_at)
     select (${ids})::uuid, 'person' || n || '@example.com', 'Person ' || n, 'member', 'active', now() - n * interval '1 s'
     from generate_series(1, $1::int) n`,
    [users],
  );
  await pool.query(
    `insert into operations (id, name, owner_id, state, attempt, created_at, started_at, finished_at)
     select (${ids})::uuid, 'users.export', $2, 'succeeded', 1, now() - n * interval '1 ms', now() - (n - 500) * interval '1 ms', now() - (n - 900) * interval '1 ms'
     from generate_series(1, $1::int) n`,
    [jobs, admin.id],
  );
  await pool.query(
    `insert into dead_letters (id, queue, name, payload, headers, error, attempts, died_at)
     select (${ids.replace('7000a', '7000b')})::uuid, 'bulk', 'users.export', '{"format":"csv"}', '{}',
       jsonb_build_object('code', 'jobs.failed', 'detail', 'Part ' || n), 8, now() - n * interval '1 s'
     from generate_series(1, $1::int) n`,
    [deadLetters],
  );
  await pool.query('vacuum analyze');
});
afterAll(() => world?.db.drop());

const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
const now = new Date(Date.now() + 3_600_000).toISOString();

/** What the pages of the console ask for, with the filters that find nothing, which look the furthest. */
const requests = [
  'ops/overview',
  'ops/routes?period=7d',
  'ops/jobs?period=7d',
  'ops/series?metric=jobs.wait&period=7d',
  'ops/errors?limit=50',
  'ops/service-levels',
  'ops/database',
  'ops/runtime',
  'ops/dependencies',
  'queues',
  'schedules',
  'jobs?limit=50',
  'jobs?limit=50&state=failed',
  'jobs?limit=50&state=running',
  'jobs?limit=50&text=nowhere',
  'jobs?limit=50&argument=format:nowhere',
  `jobs?limit=50&started_after=${hourAgo}&started_before=${now}&waited_over=5&waited_up_to=10`,
  `jobs?limit=50&finished_after=${hourAgo}&finished_before=${now}&ran_over=60`,
  'dead-letters?limit=50',
  'dead-letters?limit=50&queue=bulk&code=nowhere',
  'dead-letters?limit=50&name=nowhere',
  'users?limit=50',
  'users?limit=50&email=nobody@example.com',
  'users?limit=50&role=viewer',
  'users?limit=50&status=disabled',
  'audit-events?limit=50',
];

/** Rows that sequential scans of the big tables have read. A connection tells when it ends, so those of the API have to. */
async function rowsScanned(): Promise<Record<string, number>> {
  const { rows } = await world.db.pool.query<{ relname: string; read: string }>(
    `select relname, seq_tup_read as read from pg_stat_user_tables where relname = any($1)`,
    [bigTables],
  );
  return Object.fromEntries(rows.map(({ relname, read }) => [relname, Number(read)]));
}

it(`${jobs} jobs, ${deadLetters} dead letters and ${users} users: no page of the console reads a table from end to end`, async () => {
  const before = await rowsScanned();
  for (const path of requests) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const started = performance.now();
      const response = await fetch(`${world.url}/v1/${path}`, { headers: { cookie: admin.cookie } });
      expect([path, response.status, await response.json()]).toEqual([path, 200, expect.anything()]);
      times.push(performance.now() - started);
    }
    figure(`The console with a million jobs: ${path}`, verdict(Math.min(...times), mostMs));
  }
  await world.api.close();
  const after = await rowsScanned();
  for (const table of bigTables) expect([table, after[table]! - before[table]!]).toEqual([table, 0]);
});
