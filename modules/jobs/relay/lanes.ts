import { sql } from 'drizzle-orm';
import type { Database } from '#libs/database';
import { outbox } from '../jobs.schema.js';

/** Lanes of one batch. With a batch of 500, each has five messages in it even when all are long. */
export const lanesAtOnce = 100;

/**
 * Messages of one owner that may be with one queue at the same time. What others promise waits behind these only:
 * a sixteenth of a second of no-op jobs on Postgres. It caps what one owner gets at some 2,000 jobs a second.
 */
const widthOfOwner = 50;

const maxKeyLength = 200;

export interface LaneOptions {
  queue: string;
  owner?: string | undefined;
  orderingKey?: string;
  runAt?: Date;
}

/**
 * The lane of a message: its ordering key, which is one message wide; else its owner in its queue. Nothing for what
 * nobody owns, and for what has a time of its own: rows that are not due would have to be stepped over in every look.
 */
export function laneOf({ queue, owner, orderingKey, runAt }: LaneOptions): string | undefined {
  if (orderingKey !== undefined) {
    if (orderingKey.length < 1 || orderingKey.length > maxKeyLength)
      throw new Error(`An ordering key has 1 to ${maxKeyLength} characters.`);
    return `key:${orderingKey}`;
  }
  return owner && !runAt ? `owner:${queue}:${owner}` : undefined;
}

/** SQL: how many messages of a lane may be on their way at once. */
export const widthOfLane = sql`case when lanes.lane like 'key:%' then 1 else ${sql.raw(String(widthOfOwner))} end`;

/** The lanes in which messages wait, from the one that comes after `last` on: at most {@link lanesAtOnce}. */
export async function nextLanes(db: Database, last: string): Promise<string[]> {
  // Loose index scan: one look into the index for each lane, however many rows wait in it.
  const { rows } = await db.conn.execute<{ lane: string }>(sql`
    with recursive lanes as (
      select min(lane) as lane, 1 as number from ${outbox} where lane > ${last}
      union all
      select (select min(following.lane) from ${outbox} following where following.lane > lanes.lane), number + 1
      from lanes where lanes.lane is not null and number < ${lanesAtOnce}
    )
    select lane from lanes where lane is not null`);
  return rows.map(({ lane }) => lane);
}
