import { sql } from 'drizzle-orm';
import { type Database, inlineSql } from '#libs/database';
import { findJob } from '../outbox/job-definition.js';
import { outbox } from '../queue.schema.js';

/** Partitions of one batch. With a batch of 500, each has five messages in it even when all are long. */
export const partitionsPerBatch = 100;

/**
 * Messages of one owner that may be with one queue at the same time. The messages of other owners wait behind these only:
 * a sixteenth of a second of no-op jobs on Postgres. It caps what one owner gets at some 2,000 jobs a second.
 */
const maxDispatchedPerOwner = 50;

/**
 * How many messages of a partition may be dispatched at once. The limit of a job is the one of this release. A job that only another
 * release knows gets one, because no limit is lower.
 */
export function concurrencyLimitOf(partitionKey: string): number {
  const [kind, name = ''] = partitionKey.split(':', 2);
  if (kind === 'key') return 1;
  if (kind === 'owner') return maxDispatchedPerOwner;
  const limit = findJob(name)?.maxRunningPerOwner ?? 1;
  return Number.isFinite(limit) ? limit : maxDispatchedPerOwner;
}

/** SQL: true for a partition in which a message that is not due holds up those behind it, as only an order asks for. */
export const isOrdered = sql`partitions.partition_key like 'key:%'`;

/**
 * Statement that opens a transaction: locks each of these partitions until its end and returns those that no other relay has
 * locked. Dispatched messages must be counted after that, or two relays would both find room for the last one.
 */
export function lockPartitions(partitions: string[]): string {
  return inlineSql`
    select partition_key from jsonb_array_elements_text(${JSON.stringify(partitions)}::jsonb) as partitions (partition_key)
    where pg_try_advisory_xact_lock(hashtextextended(partition_key, 0))`;
}

/** The partitions in which messages wait, from the one that comes after `last` on: at most {@link partitionsPerBatch}. */
export async function nextPartitions(db: Database, last: string): Promise<string[]> {
  // Loose index scan: one look into the index for each partition, however many rows wait in it.
  const { rows } = await db.conn.execute<{ partition_key: string }>(sql`
    with recursive partitions as (
      select min(partition_key) as partition_key, 1 as number from ${outbox} where partition_key > ${last}
      union all
      select (select min(following.partition_key) from ${outbox} following where following.partition_key > partitions.partition_key), number + 1
      from partitions where partitions.partition_key is not null and number < ${partitionsPerBatch}
    )
    select partition_key from partitions where partition_key is not null`);
  return rows.map((row) => row.partition_key);
}
