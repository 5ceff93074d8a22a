import { sql } from 'drizzle-orm';
import type { Database } from '#libs/database';
import { operations } from '../queue.schema.js';
import type { JobDefinition } from './job-definition.js';
import { ResultStorageFull, TooManyOperations } from './job-problems.js';

type Limits = Pick<JobDefinition<never>, 'name' | 'maxWaitingPerOwner' | 'maxStoredBytesPerOwner'>;

interface Usage extends Record<string, unknown> {
  waiting: number;
  /** Bytes. */
  stored: number;
  /** Seconds until the first file expires; null when there is none. */
  next: number | null;
}

/** The bytes of results, for a query of operations with their files. */
export const storedBytes = sql<number>`(coalesce(sum(files.size), 0) + coalesce(sum(pg_column_size(${operations.result})), 0))::float8`;

/**
 * Refuses a further operation of an owner who has reached a limit of its job. Needs a transaction: requests of one owner wait for
 * each other until its end, because two that count at the same moment would both find the last place.
 */
export async function assertWithinLimits(db: Database, limits: Limits, ownerId: string): Promise<void> {
  const { name, maxWaitingPerOwner, maxStoredBytesPerOwner } = limits;
  await db.tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`operations:${name}:${ownerId}`}, 0))`,
  );
  const { rows } = await db.tx.execute<Usage>(sql`
    select count(*) filter (where ${operations.state} = 'queued')::int as waiting,
      ${storedBytes} as stored,
      extract(epoch from min(files.expires_at) - now())::float8 as next
    from ${operations} left join files on files.id = ${operations.resultFileId}
    where ${operations.ownerId} = ${ownerId} and ${operations.name} = ${name}`);
  const { waiting, stored, next } = rows[0]!;
  if (waiting >= maxWaitingPerOwner)
    throw new TooManyOperations(`At most ${maxWaitingPerOwner} may wait.`, { retryAfter: 10 });
  if (stored >= maxStoredBytesPerOwner)
    throw new ResultStorageFull(`At most ${maxStoredBytesPerOwner} bytes may be stored.`, {
      retryAfter: next ?? 3600,
    });
}
