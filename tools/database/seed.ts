import { hash } from '@node-rs/argon2';
import type pg from 'pg';
import {
  auditEventRow,
  deadLetterRow,
  idOf,
  operationRow,
  outboxRow,
  type Row,
  sessionRow,
  userRow,
} from './rows.js';

/** With which every seeded user signs in. It stands here for everybody to read, so it opens databases of development only. */
export const seedPassword = 'seeded for development only';

/** The floor that ARGON2_MEMORY_KIB and ARGON2_PASSES allow. The salt is fixed: all users have one hash, which is the same each time. */
const cheapest = { memoryCost: 19_456, timeCost: 2, parallelism: 1, salt: Buffer.from('seeds of mainsta') };

const users = 100;
/** Who owns the jobs: the administrators and operators among the users, see userRow. */
const owners = 8;

/** How many jobs there are in each state. Only the last become messages that a worker will do. */
const jobs = {
  queued: 8,
  running: 6,
  succeeded: 40,
  failed: 10,
  cancelled: 6,
  dead: 8,
  scheduled: 6,
} as const;

/** A month: nobody who looks at the list today meets the moment. */
const scheduledInMs = 30 * 24 * 3_600_000;

/**
 * Puts users, sessions, jobs in every state, dead letters and audit events into a migrated database. What is there stays as
 * it is, so a second run adds only what somebody deleted. Returns the rows that it added.
 */
export async function seed(pool: pg.Pool, now = new Date()): Promise<number> {
  const people = Array.from({ length: users }, (_, n) => userRow(n, now));
  const active = people.filter(({ status }) => status === 'active');
  const passwordHash = await hash(seedPassword, cheapest);
  const tables: [table: string, rows: Row[]][] = [
    ['users', people],
    ['credentials', active.map(({ id }) => ({ user_id: id, password_hash: passwordHash }))],
    ['sessions', active.map(({ id }, n) => sessionRow(n, String(id), now))],
    ...jobTables(now),
    [
      'audit_events',
      Array.from({ length: 200 }, (_, n) => auditEventRow(n, ownerOf(n), idOf('user', n % users), now)),
    ],
  ];
  const client = await pool.connect();
  try {
    await client.query('begin');
    let added = 0;
    for (const [table, rows] of tables) added += await insert(client, table, rows);
    await client.query('commit');
    return added;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

const ownerOf = (n: number) => idOf('user', n % owners);

function jobTables(now: Date): [table: string, rows: Row[]][] {
  const all = Object.entries(jobs).flatMap(([kind, count]) => Array.from({ length: count }, () => kind));
  const numbersOf = (kind: keyof typeof jobs) => [...all.keys()].filter((n) => all[n] === kind);
  const stateOf = (kind: string) => (kind === 'dead' ? 'failed' : kind === 'scheduled' ? 'queued' : kind);
  /** A dead letter and a message are exports, whatever the operation of that number would be. */
  const exports = new Set([...numbersOf('dead'), ...numbersOf('scheduled')]);
  const later = new Date(now.getTime() + scheduledInMs);
  return [
    [
      'operations',
      all.map((kind, n) =>
        operationRow(n, stateOf(kind), ownerOf(n), now, exports.has(n) ? { name: 'users.export' } : {}),
      ),
    ],
    ['dead_letters', numbersOf('dead').map((n) => deadLetterRow(n, idOf('job', n), ownerOf(n), now))],
    ['outbox', numbersOf('scheduled').map((n) => outboxRow(idOf('job', n), ownerOf(n), later, now))],
  ];
}

/** Inserts the rows that are not there yet, and returns their number. */
export async function insert(client: pg.ClientBase, table: string, rows: readonly Row[]): Promise<number> {
  const columns = Object.keys(rows[0] ?? {}).join(', ');
  const { rowCount } = await client.query(
    `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1)
     on conflict do nothing`,
    [JSON.stringify(rows)],
  );
  return rowCount ?? 0;
}
