import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '#libs/database';
import { queueControls } from '../queue-controls.schema.js';
import { deadLetters, dispatchedMessages, inbox, outbox } from '../queue.schema.js';
import { concurrencyLimitOf, isOrdered, lockPartitions } from './partitions.js';

/**
 * Messages of one batch that have a partition, and messages that have none. BullMQ takes batches of this size ten times faster than single
 * jobs, and more gains little.
 */
export const batchSize = 500;

export type DispatchedMessage = Pick<
  typeof outbox.$inferSelect,
  'id' | 'queue' | 'name' | 'version' | 'payload' | 'headers' | 'attempts'
> & {
  /** Seconds since the message was due. */
  lag: number;
};

/**
 * Moves due messages of these queues from the outbox to the dispatched messages and returns them, in one statement. It takes the first
 * messages of each of these partitions as far as its limit allows, from all partitions in turns, and messages without a partition in the
 * order of time. Any number of relays share the work. Messages of a paused queue stay, and a message that is done or a dead letter
 * already, because it was dispatched twice, is dropped.
 */
export async function takeBatch(
  db: Database,
  queues: string[],
  partitions: string[],
): Promise<DispatchedMessage[]> {
  if (partitions.length === 0) return take(db, queues, []);
  return db.transaction(
    (locked) =>
      take(
        db,
        queues,
        locked.map((row) => String(row.partition_key)),
      ),
    { onBegin: lockPartitions(partitions) },
  );
}

async function take(db: Database, queues: string[], partitions: string[]): Promise<DispatchedMessage[]> {
  const isDue = sql`available_at <= now() and queue = any(array(${notPaused(queues)}))`;
  // The first messages of a partition, and the number of those that are dispatched, must come from one snapshot, and only then is
  // the row locked: a lock that skips would take the second message for the first while another relay moves that one.
  // Postgres never inlines a CTE that locks rows, so each LIMIT holds.
  const { rows } = await db.conn.execute<DispatchedMessage>(sql`
    with ranked as (
      select first.id, row_number() over (partition by partitions.partition_key order by first.seq) as rank
      from unnest(${sql.param(partitions)}::text[], ${sql.param(partitions.map(concurrencyLimitOf))}::int[]) as partitions (partition_key, max_dispatched)
      cross join lateral (
        select id, seq, queue, available_at from ${outbox}
        where partition_key = partitions.partition_key and (${isOrdered} or available_at <= now())
        order by seq
        limit partitions.max_dispatched - (
          select count(*) from (
            select from ${dispatchedMessages} where partition_key = partitions.partition_key limit partitions.max_dispatched
          ) as dispatched
        )
      ) as first
      where ${isDue}
    ),
    with_partition as (
      select id from ${outbox} where id in (select id from ranked order by rank, id limit ${batchSize})
      for update skip locked
    ),
    without_partition as (
      select id from ${outbox} where partition_key is null and ${isDue} order by available_at, seq limit ${batchSize}
      for update skip locked
    ),
    taken as (
      delete from ${outbox} where id in (select id from with_partition union all select id from without_partition) returning *
    ),
    dispatched as (
      insert into ${dispatchedMessages} (id, seq, queue, name, version, payload, headers, partition_key, attempts, created_at)
      select id, seq, queue, name, version, payload, headers, partition_key, attempts, created_at from taken
      where not exists (select from ${inbox} where consumer = taken.name and message_id = taken.id)
        and not exists (select from ${deadLetters} where id = taken.id)
      on conflict (id) do nothing -- Enqueued twice under one id, as two schedulers may do: the first is dispatched already.
      returning id, queue, name, version, payload, headers, attempts
    )
    select dispatched.*, greatest(extract(epoch from clock_timestamp() - taken.available_at), 0)::float8 as lag
    from dispatched join taken using (id)`);
  return rows;
}

/**
 * SQL: those of these queues that are not paused. A part of the statement that takes rows, so a pause holds at once; a query
 * of its own in it, so that Postgres runs it once and not for each row.
 */
function notPaused(queues: string[]): SQL {
  return sql`select known.name from unnest(${sql.param(queues)}::text[]) as known (name)
    where not exists (select from ${queueControls}
      where ${queueControls.name} = known.name and ${queueControls.state} = 'paused')`;
}
