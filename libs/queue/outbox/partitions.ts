import { sql } from 'drizzle-orm';
import { type Database, inlineSql } from '#libs/database';
import { findJob, type JobDefinition } from './job-definition.js';
import { outbox } from './queue.schema.js';

/** Lanes of one batch. With a batch of 500, each has five messages in it even when all are long. */
export const partitionsPerBatch = 100;

/**
 * Messages of one owner that may be with one queue at the same time. What others promise waits behind these only:
 * a sixteenth of a second of no-op jobs on Postgres. It caps what one owner gets at some 2,000 jobs a second.
 */
const widthOfOwner = 50;

const maxKeyLength = 200;

export type PartitionedJob = Pick<JobDefinition<never>, 'name' | 'queue' | 'maxRunningPerOwner'>;

export interface PartitionOptions {
  owner?: string | undefined;
  orderingKey?: string | undefined;
  runAt?: Date | undefined;
}

/**
 * The partition of a message: its ordering key, which is one message wide; else its owner in a job that limits owners, as wide
 * as the limit; else its owner in its queue. Nothing for what nobody owns. Nothing either for what has a time of its own
 * and no limit: rows that are not due have to be stepped over in every look.
 */
export function partitionKeyOf(
  { name, queue, maxRunningPerOwner }: PartitionedJob,
  { owner, orderingKey, runAt }: PartitionOptions,
): string | undefined {
  if (orderingKey !== undefined) {
    if (orderingKey.length < 1 || orderingKey.length > maxKeyLength)
      throw new Error(`An ordering key has 1 to ${maxKeyLength} characters.`);
    return `key:${orderingKey}`;
  }
  if (!owner) return undefined;
  if (Number.isFinite(maxRunningPerOwner)) return `job:${name}:${owner}`;
  return runAt ? undefined : `owner:${queue}:${owner}`;
}

/**
 * How many messages of a partition may be on their way at once. A limit is the one of this release. Of a job that only another
 * release knows it is one, which no limit is below.
 */
export function concurrencyLimitOf(partitionKey: string): number {
  const [kind, name = ''] = partitionKey.split(':', 2);
  if (kind === 'key') return 1;
  if (kind === 'owner') return widthOfOwner;
  const limit = findJob(name)?.maxRunningPerOwner ?? 1;
  return Number.isFinite(limit) ? limit : widthOfOwner;
}

/** SQL: what is not due holds up the rest of its partition. Only an order asks for that. */
export const keepsOrder = sql`partitions.partition_key like 'key:%'`;

/**
 * Statement that opens a transaction: locks each of these partitions until its end and returns those that no other relay has
 * locked. What is on its way must be counted after that, or two relays would both find the last place free.
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
