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
}

export interface JobSearch {
  rows: JobRow[];
  /** How many jobs the search looked at. */
  searched: number;
  /** The job at which it stopped, or nothing when it came to the end. */
  next: string | undefined;
  /** About how many jobs there are. */
  total: number;
}

/** Jobs that one search looks at: some milliseconds, however many there are and however few of them match. */
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

/** Reads jobs of every kind, for operators. */
@Injectable()
export class JobReader {
  constructor(private readonly db: Database) {}

  /** The newest jobs after `before` that match. It looks at {@link searchedAtMost} jobs, and finds at most `limit`. */
  async search(filter: JobRowFilter, before: string | undefined, limit: number): Promise<JobSearch> {
    const isAfter = before === undefined ? sql`true` : sql`id < ${before}::uuid`;
    const jobs = sql.join(
      sources(isAfter).map((source) => sql`(${source} order by id desc limit ${searchedAtMost})`),
      sql` union all `,
    );
    const { rows: answers } = await this.db.conn.execute<{
      searched: number;
      last: string | null;
      rows: JobRow[];
      total: number;
    }>(sql`
      with looked_at as materialized (select * from (${jobs}) as jobs order by id desc limit ${searchedAtMost}),
      found as (select * from looked_at where ${matching(filter)} order by id desc limit ${limit + 1})
      select (select count(*)::int from looked_at) as searched,
        (select id from looked_at order by id limit 1) as last,
        (select coalesce(jsonb_agg(to_jsonb(found) || jsonb_build_object('dead_letter_id', ${deadLetterOf(sql`found.id`)}) order by found.id desc), '[]') from found) as rows,
        (select coalesce(sum(greatest(reltuples, 0)), 0)::float8 from pg_class
          where oid in ('operations'::regclass, 'outbox'::regclass, 'dispatched_messages'::regclass, 'dead_letters'::regclass)) as total`);
    const { searched, last, rows, total } = answers[0]!;
    const page = rows.slice(0, limit);
    const isCut = rows.length > limit;
    const wasFull = searched === searchedAtMost;
    return {
      rows: page,
      searched,
      next: isCut ? page.at(-1)!.id : wasFull ? (last ?? undefined) : undefined,
      total: Math.max(total, searched),
    };
  }

  async find(id: string): Promise<JobRow | undefined> {
    const jobs = sql.join(sources(sql`id = ${id}::uuid`), sql` union all `);
    const { rows } = await this.db.conn.execute<JobRow & Record<string, unknown>>(
      sql`select jobs.*, ${deadLetterOf(sql`jobs.id`)} as dead_letter_id from (${jobs}) as jobs limit 1`,
    );
    return rows[0];
  }

  /** The message of a job, by the id of the job or of a redriven message of it. */
  async findPlace(id: string): Promise<JobPlace | undefined> {
    const { rows } = await this.db.conn.execute<JobPlace & Record<string, unknown>>(sql`
      select * from (
        select id, name, 'outbox' as place, queue, payload, headers, partition_key as "partitionKey", attempts, available_at as "availableAt",
          last_error as "lastError" from ${outbox} where ${isOrigin(id)}
        union all
        select id, name, 'dispatched', queue, payload, headers, partition_key, attempts, null, null from ${dispatchedMessages} where ${isOrigin(id)}
        union all
        select id, name, 'dead', queue, payload, headers, null, attempts, null, error->>'detail' from ${deadLetters} where ${isOrigin(id)}
      ) as messages, lateral (
        select count(*)::int as ahead from ${dispatchedMessages} others
        where others.partition_key = messages."partitionKey" and others.id <> messages.id
      ) as partition limit 1`);
    return rows[0];
  }
}

/** For an index of each table: the few messages that an operator has redriven are in it. */
const isOrigin = (id: string) => sql`(id = ${id}::uuid or headers->>'redriven_from' = ${id})`;

const deadLetterOf = (id: SQL) =>
  sql`(select dead.id from ${deadLetters} dead where dead.id = ${id} or dead.headers->>'redriven_from' = ${id}::text limit 1)`;

/** True for a message whose work has no operation, which would show it already. */
const isAlone = (table: PgTable) =>
  sql`not exists (select from ${operations} where ${operations.id} = coalesce((${table}.headers->>'redriven_from')::uuid, ${table}.id))`;

/** The columns of {@link JobRow} from each table, of jobs whose id meets the condition. */
function sources(condition: SQL): SQL[] {
  const ofOperations = sql`select id, name, state, owner_id::text as owner, attempt as attempts, done, total, created_at, started_at, finished_at,
    problem->>'code' as code, problem->>'detail' as detail, true as is_operation from ${operations} where ${condition}`;
  const ofMessages = (table: PgTable, columns: SQL) =>
    sql`select id, name, ${columns}, false from ${table} where ${condition} and ${isAlone(table)}`;
  const owner = sql`headers->>'owner'`;
  const none = sql`null::timestamptz`;
  return [
    ofOperations,
    ofMessages(
      outbox,
      sql`'queued', ${owner}, attempts, 0, null, created_at, ${none}, ${none}, null, last_error`,
    ),
    ofMessages(
      dispatchedMessages,
      sql`'dispatched', ${owner}, attempts, 0, null, created_at, ${none}, ${none}, null, null`,
    ),
    ofMessages(
      deadLetters,
      sql`'failed', ${owner}, attempts, 0, null, coalesce((headers->>'enqueued_at')::timestamptz, died_at), ${none}, died_at, error->>'code', error->>'detail'`,
    ),
  ];
}

function matching({ names, state, owner, text }: JobRowFilter): SQL {
  const conditions = [
    names && sql`name = any(${sql.param(names)}::text[])`,
    state && sql`state = ${state}`,
    owner && sql`owner = ${owner}`,
    text && sql`position(lower(${text}) in lower(concat_ws(' ', code, detail))) > 0`,
  ].filter((condition) => typeof condition === 'object');
  return conditions.length > 0 ? sql.join(conditions, sql` and `) : sql`true`;
}
