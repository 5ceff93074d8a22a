import { sql } from 'drizzle-orm';
import type { Database } from '#libs/database';
import { deadLetters, dispatchedMessages, inbox, outbox } from '../outbox/queue.schema.js';
import { notPaused } from '../outbox/queue-controls.js';
import { keepsOrder, lockPartitions, concurrencyLimitOf } from '../outbox/partitions.js';

/** Messages of a partition and messages without one: BullMQ takes batches of this size ten times faster than single jobs, and more gains little. */
export const batchSize = 500;

export type DispatchedMessage = Pick<
  typeof outbox.$inferSelect,
  'id' | 'queue' | 'name' | 'version' | 'payload' | 'headers' | 'attempts'
>;

/**
 * Moves due messages of these queues from the outbox to the dispatched messages and returns them, in one statement. Taken are the first
 * of each of these partitions as far as there is room on it, partition by partition in turns, and what has no partition in the order of time.
 * Any number of relays share the work. What a paused queue has stays, and a message that is settled already, because a
 * hand-over was repeated, is dropped.
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
    {
      onBegin: lockPartitions(partitions),
    },
  );
}

async function take(db: Database, queues: string[], partitions: string[]): Promise<DispatchedMessage[]> {
  const isDue = sql`available_at <= now() and queue = any(array(${notPaused(queues)}))`;
  // What stands first in a partition, and how much of it is on its way, must come from one snapshot, and only then is
  // the row locked: a lock that skips would take the second message for the first while another relay moves that one.
  // Postgres never inlines a CTE that locks rows, so each LIMIT holds.
  const { rows } = await db.conn.execute<DispatchedMessage>(sql`
    with turns as (
      select first.id, row_number() over (partition by partitions.partition_key order by first.seq) as turn
      from unnest(${sql.param(partitions)}::text[], ${sql.param(partitions.map(concurrencyLimitOf))}::int[]) as partitions (partition_key, width)
      cross join lateral (
        select id, seq, queue, available_at from ${outbox}
        where partition_key = partitions.partition_key and (${keepsOrder} or available_at <= now())
        order by seq
        limit partitions.width - (
          select count(*) from (
            select from ${dispatchedMessages} where partition_key = partitions.partition_key limit partitions.width
          ) as under_way
        )
      ) as first
      where ${isDue}
    ),
    of_lanes as (
      select id from ${outbox} where id in (select id from turns order by turn, id limit ${batchSize})
      for update skip locked
    ),
    of_none as (
      select id from ${outbox} where partition_key is null and ${isDue} order by available_at, seq limit ${batchSize}
      for update skip locked
    ),
    taken as (
      delete from ${outbox} where id in (select id from of_lanes union all select id from of_none) returning *
    )
    insert into ${dispatchedMessages} (id, seq, queue, name, version, payload, headers, partition_key, attempts, created_at)
    select id, seq, queue, name, version, payload, headers, partition_key, attempts, created_at from taken
    where not exists (select from ${inbox} where consumer = taken.name and message_id = taken.id)
      and not exists (select from ${deadLetters} where id = taken.id)
    on conflict (id) do nothing -- Promised twice under one id, as two schedulers may do: the first is on its way.
    returning id, queue, name, version, payload, headers, attempts`);
  return rows;
}
