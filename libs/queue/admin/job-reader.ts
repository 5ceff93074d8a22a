import { Injectable } from '@nestjs/common';
import { type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { Database } from '#libs/database';
import { deadLetters, dispatchedMessages, operations, operationStates, outbox } from '../queue.schema.js';

/**
 * A job is dispatched when the queue has it: there it waits or runs, and only an operation says which. Other jobs leave no row when
 * they are done.
 */
export const jobStates = [...operationStates, 'dispatched'] as const;
export type JobState = (typeof jobStates)[number];

/** A job as operators see it, whether a client watches it or not. */
export interface JobRow {
  id: string;
  name: string;
  state: JobState;
  owner: string | null;
  attempts: number;
  done: number;
  total: number | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  /** The problem of the last attempt. */
  code: string | null;
  detail: string | null;
  is_operation: boolean;
  dead_letter_id: string | null;
}

export interface JobRowFilter {
  names?: string[];
  state?: JobState;
  owner?: string;
  /** A part of the code or the detail of its problem; the case of letters does not matter. */
  text?: string;
  /** A part of one value in its payload; the case of letters does not matter. Jobs that are done have no payload. */
  argument?: { path: string[]; value: string };
  /** When its first attempt began. */
  started?: Range<Date>;
  finished?: Range<Date>;
  /** Seconds from when it was enqueued until its first attempt began. */
  waited?: Range<number>;
  /** Seconds from when its first attempt began until it ended. */
  ran?: Range<number>;
}

/** Limits of a value: `over` is exclusive and `upTo` inclusive, as those of the buckets of histograms. */
export interface Range<T> {
  over?: T | undefined;
  upTo?: T | undefined;
}

export interface JobSearch {
  rows: JobRow[];
  /** How many jobs the search looked at, up to the one at which it stopped. */
  searched: number;
  /** The job at which it stopped, or nothing when it came to the end. */
  next: string | undefined;
  /** About how many jobs there are. */
  total: number;
}

/** Rows of each table that one search looks at: some milliseconds, however many there are and however few of them match. */
const searchedAtMost = 5000;

/** Where a job is besides its operation, for somebody who asks why it waits. */
export interface JobPlace {
  id: string;
  name: string;
  place: 'outbox' | 'dispatched' | 'dead';
  queue: string;
  payload: unknown;
  headers: Record<string, string>;
  partitionKey: string | null;
  attempts: number;
  availableAt: Date | null;
  lastError: string | null;
  /** Messages of the same partition that are with the queue. */
  ahead: number;
}

/** The tables in which a job can be. */
const jobTables = ['operations', 'outbox', 'dispatched_messages', 'dead_letters'] as const;
type JobTable = (typeof jobTables)[number];

const windowOf = (table: JobTable) => `newest_${table}`;

/**
 * The statement of a search. It reads the ends of indexes, however many rows there are: the newest rows of each table, and of them
 * those that are as new as the oldest row of every window that is full. Behind that a window would have gaps.
 */
export function searchStatement(filter: JobRowFilter, before: string | undefined, limit: number): SQL {
  const { after, until } = idsOf(filter);
  const last = [before, until].filter((id) => id !== undefined).sort()[0];
  const isAfter = sql`${last === undefined ? sql`true` : sql`id < ${last}::uuid`} and ${after === undefined ? sql`true` : sql`id >= ${after}::uuid`}`;
  const newest = jobTables.map(
    (table) =>
      sql`${sql.raw(windowOf(table))} as materialized (select * from ${sql.raw(table)} where ${isAfter} order by id desc limit ${searchedAtMost})`,
  );
  const ends = jobTables.map(
    (table) =>
      sql`(select id from ${sql.raw(windowOf(table))} order by id desc offset ${searchedAtMost - 1} limit 1)`,
  );
  return sql`
    with ${sql.join(newest, sql`, `)},
      bound as materialized (select id from (${sql.join(ends, sql` union all `)}) as ends order by id desc limit 1),
      looked_at as materialized (
        select * from (${jobsIn((table) => sql.raw(windowOf(table)))}) as jobs
        where id >= coalesce((select id from bound), ${lowestId}::uuid)),
      found as (select * from looked_at where ${matching(filter)} order by id desc limit ${limit + 1})
    select case when (select count(*) from found) > ${limit}
        then (select count(*)::int from looked_at where id >= (select id from found order by id desc offset ${limit - 1} limit 1))
        else (select count(*)::int from looked_at) end as searched,
      (select id from bound) as bound,
      (select coalesce(jsonb_agg(to_jsonb(found) || jsonb_build_object('dead_letter_id', ${deadLetterOf('found')}) order by found.id desc), '[]') from found) as rows,
      (select coalesce(sum(greatest(reltuples, 0)), 0)::float8 from pg_class
        where oid in ('operations'::regclass, 'outbox'::regclass, 'dispatched_messages'::regclass, 'dead_letters'::regclass)) as total`;
}

const lowestId = '00000000-0000-0000-0000-000000000000';

/** Milliseconds that the clocks of a process, which makes ids, and of the database may be apart. */
const clockSkew = 60_000;

/**
 * The ids of the jobs that can match, because an id begins with the time at which it was made: a search for jobs of last week begins
 * there and not at the newest job.
 */
function idsOf({ started, finished, waited }: JobRowFilter): { after?: string; until?: string } {
  const ends = [started?.upTo, finished?.upTo].filter((time) => time !== undefined);
  const after =
    started?.over && waited?.upTo !== undefined && started.over.getTime() - waited.upTo * 1000 - clockSkew;
  return {
    ...(ends.length > 0 && { until: lowestIdAt(Math.min(...ends.map(Number)) + clockSkew) }),
    ...(typeof after === 'number' && after > 0 && { after: lowestIdAt(after) }),
  };
}

function lowestIdAt(milliseconds: number): string {
  const hex = Math.max(0, Math.floor(milliseconds)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${lowestId.slice(13)}`;
}

/** Reads jobs of every kind, for operators. */
@Injectable()
export class JobReader {
  constructor(private readonly db: Database) {}

  /** The newest jobs after `before` that match. It looks at {@link searchedAtMost} rows of each table, and finds at most `limit`. */
  async search(filter: JobRowFilter, before: string | undefined, limit: number): Promise<JobSearch> {
    const { rows: answers } = await this.db.conn.execute<{
      searched: number;
      bound: string | null;
      rows: JobRow[];
      total: number;
    }>(searchStatement(filter, before, limit));
    const { searched, bound, rows, total } = answers[0]!;
    const page = rows.slice(0, limit);
    const isCut = rows.length > limit;
    return {
      rows: page,
      searched,
      next: isCut ? page.at(-1)!.id : (bound ?? undefined),
      total: Math.max(total, searched),
    };
  }

  async find(id: string): Promise<JobRow | undefined> {
    const jobs = jobsIn((table) => sql`(select * from ${sql.raw(table)} where id = ${id}::uuid) as one`);
    const { rows } = await this.db.conn.execute<JobRow & Record<string, unknown>>(
      sql`select jobs.*, ${deadLetterOf('jobs')} as dead_letter_id from (${jobs}) as jobs limit 1`,
    );
    return rows[0];
  }

  /** The message of a job, by the id of the job or of a redriven message of it. */
  async findPlace(id: string): Promise<JobPlace | undefined> {
    const { rows } = await this.db.conn.execute<JobPlace & Record<string, unknown>>(sql`
      select * from (
        select id, name, 'outbox' as place, queue, payload, headers, partition_key as "partitionKey", attempts, available_at as "availableAt",
          last_error as "lastError" from ${messagesOf(outbox, id)}
        union all
        select id, name, 'dispatched', queue, payload, headers, partition_key, attempts, null, null from ${messagesOf(dispatchedMessages, id)}
        union all
        select id, name, 'dead', queue, payload, headers, null, attempts, null, error->>'detail' from ${messagesOf(deadLetters, id)}
      ) as messages, lateral (
        select count(*)::int as ahead from ${dispatchedMessages} others
        where others.partition_key = messages."partitionKey" and others.id <> messages.id
      ) as partition limit 1`);
    return rows[0];
  }
}

/**
 * The messages of one job: its first, or one that an operator has redriven, for which each table has a small index. With OR instead of
 * two queries, or with LIMIT, the planner reads the table.
 */
const messagesOf = (table: PgTable, id: string) =>
  sql`(select * from ${table} where id = ${id}::uuid union all select * from ${table} where headers->>'redriven_from' = ${id}) as messages`;

const deadLetterOf = (job: 'found' | 'jobs') =>
  sql.raw(`case when ${job}.state = 'failed' then coalesce(
    (select dead.id from dead_letters dead where dead.id = ${job}.id),
    (select (array_agg(dead.id))[1] from dead_letters dead where dead.headers->>'redriven_from' = ${job}.id::text)) end`);

/**
 * True for a message whose work has no operation, which would show it already. A subquery for each row is a look into an index; NOT
 * EXISTS may become a join that reads the table.
 */
const isAlone = sql`(select true from ${operations} job where job.id = coalesce((headers->>'redriven_from')::uuid, message_id)) is null`;

/** The columns of {@link JobRow} from parts of the four tables. */
function jobsIn(partOf: (table: JobTable) => SQL): SQL {
  const owner = sql`headers->>'owner'`;
  const none = sql`null::timestamptz`;
  const ofMessages = (part: SQL, columns: SQL) =>
    sql`select message_id, name, ${columns}, false from (select *, id as message_id from ${part}) as messages where ${isAlone}`;
  return sql.join(
    [
      sql`select id, name, state, owner_id::text as owner, attempt as attempts, done, total, created_at, started_at, finished_at,
        problem->>'code' as code, problem->>'detail' as detail, true as is_operation from ${partOf('operations')}`,
      ofMessages(
        partOf('outbox'),
        sql`'queued', ${owner}, attempts, 0, null, created_at, ${none}, ${none}, null, last_error`,
      ),
      ofMessages(
        partOf('dispatched_messages'),
        sql`'dispatched', ${owner}, attempts, 0, null, created_at, ${none}, ${none}, null, null`,
      ),
      ofMessages(
        partOf('dead_letters'),
        sql`'failed', ${owner}, attempts, 0, null, coalesce((headers->>'enqueued_at')::timestamptz, died_at), ${none}, died_at, error->>'code', error->>'detail'`,
      ),
    ],
    sql` union all `,
  );
}

function matching({ names, state, owner, text, argument, ...ranges }: JobRowFilter): SQL {
  const conditions = [
    names && sql`name = any(${sql.param(names)}::text[])`,
    state && sql`state = ${state}`,
    owner && sql`owner = ${owner}`,
    text && sql`position(lower(${text}) in lower(concat_ws(' ', code, detail))) > 0`,
    ...within(sql`started_at`, timesOf(ranges.started), 'timestamptz'),
    ...within(sql`finished_at`, timesOf(ranges.finished), 'timestamptz'),
    ...within(sql`extract(epoch from started_at - created_at)`, ranges.waited, 'numeric'),
    ...within(sql`extract(epoch from finished_at - started_at)`, ranges.ran, 'numeric'),
    argument && hasArgument(argument),
  ].filter((condition) => typeof condition === 'object');
  return conditions.length > 0 ? sql.join(conditions, sql` and `) : sql`true`;
}

function within(value: SQL, { over, upTo }: Range<string | number> = {}, type: 'timestamptz' | 'numeric') {
  const as = sql.raw(type);
  return [
    over === undefined ? undefined : sql`${value} > ${over}::${as}`,
    upTo === undefined ? undefined : sql`${value} <= ${upTo}::${as}`,
  ];
}

const timesOf = (range: Range<Date> = {}): Range<string> => ({
  over: range.over?.toISOString(),
  upTo: range.upTo?.toISOString(),
});

/**
 * True for a job whose payload has this value. Only texts, numbers and booleans are compared: a whole object would show what is in its
 * hidden fields to whoever guesses. A subquery for each row is a look into six indexes; EXISTS may become a join that reads the tables.
 */
function hasArgument({ path, value }: NonNullable<JobRowFilter['argument']>): SQL {
  const payloads = [outbox, dispatchedMessages, deadLetters].flatMap((table) => [
    sql`select payload from ${table} where id = looked_at.id`,
    sql`select payload from ${table} where headers->>'redriven_from' = looked_at.id::text`,
  ]);
  const at = sql`${sql.param(path)}::text[]`;
  return sql`case when state in ('succeeded', 'cancelled') then false else
    (select bool_or(jsonb_typeof(payload #> ${at}) in ('string', 'number', 'boolean')
      and position(lower(${value}) in lower(payload #>> ${at})) > 0) from (${sql.join(payloads, sql` union all `)}) as messages) end`;
}
