import { createHash } from 'node:crypto';
import type { Role } from '#libs/access';

/**
 * Makes rows for development and tests, as PostgreSQL reads them from JSON. `n` tells the rows of a table apart and decides on
 * their values, so that the same call always makes the same row; `more` replaces what matters to the caller.
 */
export type Row = Record<string, unknown>;

const hour = 3_600_000;
const day = 24 * hour;

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** An id that is always the same for the same thing (a UUID of version 8, RFC 9562 section 5.8). */
export function idOf(kind: string, n: number): string {
  const hex = digestOf(`${kind} ${n}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The instant that is so many milliseconds before the other one. */
const before = (now: Date, ms: number) => new Date(now.getTime() - ms).toISOString();

const firstNames = ['Ada', 'Björn', 'Chiara', 'Dmitri', 'Elif', 'Fatou', 'Grace', 'Hiro', 'Inés', 'Jonas'];
const lastNames = [
  'Adeyemi',
  'Berg',
  'Costa',
  'Dvořák',
  'Eriksen',
  'Fischer',
  'García',
  'Haddad',
  'Ito',
  'Jones',
];

/** The first three of a hundred are administrators, the next five operators, the next ten viewers. */
const roleOf = (n: number): Role => (n < 3 ? 'admin' : n < 8 ? 'operator' : n < 18 ? 'viewer' : 'member');

export function userRow(n: number, now: Date, more: Row = {}): Row {
  const role = roleOf(n);
  const unusual = n % 13 === 0 ? 'disabled' : n % 11 === 0 ? 'invited' : 'active';
  const createdAt = before(now, 90 * day - n * 20 * hour);
  return {
    id: idOf('user', n),
    email: `user${n + 1}@example.com`,
    name: `${firstNames[n % 10]} ${lastNames[Math.floor(n / 10) % 10]}`,
    role,
    status: role === 'member' ? unusual : 'active',
    created_at: createdAt,
    updated_at: createdAt,
    ...more,
  };
}

const browsers = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36',
];

/** A session that nobody can use: there is no token with this hash. */
export function sessionRow(n: number, userId: string, now: Date, more: Row = {}): Row {
  return {
    id: idOf('session', n),
    token_hash: String.raw`\x${digestOf(`no token has this hash ${n}`)}`,
    user_id: userId,
    auth_epoch: 0,
    amr: ['pwd'],
    aal: 1,
    user_agent: browsers[n % browsers.length],
    created_at: before(now, (n % 72) * hour),
    last_seen_at: before(now, (n % 12) * 60_000),
    idle_expires_at: before(now, -7 * day),
    absolute_expires_at: before(now, -30 * day),
    ...more,
  };
}

const jobNames = ['users.export', 'users.import', 'jobs.redrive-dead-letters'];

/** What a client sees of a job. Whatever its state, no worker has it: nothing changes it. */
export function operationRow(n: number, state: string, ownerId: string, now: Date, more: Row = {}): Row {
  const id = idOf('job', n);
  const createdAt = before(now, n * 3 * hour);
  const total = 500 + n * 10;
  const hasBegun = state !== 'queued';
  const isFinished = hasBegun && state !== 'running';
  return {
    id,
    name: jobNames[n % jobNames.length],
    owner_id: ownerId,
    state,
    done: state === 'succeeded' ? total : hasBegun ? Math.floor((total * (1 + (n % 8))) / 10) : 0,
    total: hasBegun ? total : null,
    attempt: hasBegun ? 1 + (state === 'failed' ? 3 : 0) : 0,
    result: state === 'succeeded' ? { created: total, skipped: 0, failed: 0, errors: [] } : null,
    problem: state === 'failed' ? problemOf(id) : null,
    created_at: createdAt,
    started_at: hasBegun ? createdAt : null,
    finished_at: isFinished ? createdAt : null,
    updated_at: createdAt,
    ...more,
  };
}

const problemOf = (id: string) => ({
  type: 'http://localhost:3000/problems/jobs.failed',
  title: 'The job failed',
  status: 500,
  detail: 'Something went wrong on our side, and several attempts did not help.',
  instance: `/v1/jobs/${id}`,
  code: 'jobs.failed',
  request_id: id,
});

/** A message that waits for its time. A worker does the job then. */
export function outboxRow(id: string, ownerId: string, availableAt: Date, now: Date, more: Row = {}): Row {
  return {
    id,
    queue: 'bulk',
    name: 'users.export',
    version: 1,
    payload: { format: 'csv', filter: {} },
    headers: { enqueued_at: now.toISOString(), owner: ownerId },
    partition_key: `job:users.export:${ownerId}`,
    available_at: availableAt.toISOString(),
    created_at: now.toISOString(),
    attempts: 0,
    ...more,
  };
}

/** What is left of a job that failed for good; `id` is the one of its operation. */
export function deadLetterRow(n: number, id: string, ownerId: string, now: Date, more: Row = {}): Row {
  const diedAt = before(now, n * 5 * hour);
  const timedOut = { code: 'jobs.timed-out', detail: 'It was stopped and tried again, without success.' };
  return {
    id,
    queue: 'bulk',
    name: 'users.export',
    payload_version: 1,
    payload: { format: 'ndjson', filter: {} },
    headers: { enqueued_at: diedAt, owner: ownerId },
    error: n % 2 === 0 ? timedOut : { code: 'jobs.failed', detail: 'Several attempts did not help.' },
    attempts: 4,
    died_at: diedAt,
    version: 1,
    ...more,
  };
}

const events = [
  { action: 'sessions.start', outcome: 'success' },
  { action: 'users.change', outcome: 'success', reason: 'Moved to another team' },
  { action: 'sessions.start', outcome: 'failure' },
  { action: 'users.export', outcome: 'success', reason: 'Quarterly review' },
  { action: 'access.deny', outcome: 'denied' },
  { action: 'users.invite', outcome: 'success' },
  { action: 'queues.limit', outcome: 'success', reason: 'The mail server asked for less' },
];

export function auditEventRow(n: number, actorId: string, targetId: string, now: Date, more: Row = {}): Row {
  const { reason = null, ...event } = events[n % events.length]!;
  return {
    id: idOf('audit event', n),
    at: before(now, (200 - n) * hour),
    actor_kind: 'user',
    actor_id: actorId,
    target: event.action === 'queues.limit' ? 'queue:mail' : `user:${targetId}`,
    reason,
    client_network: `198.51.${n % 100}.0/24`,
    meta: {},
    ...event,
    ...more,
  };
}
