import { and, eq, gt, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Permission } from '#libs/access';
import { deadLetters, declaredJobs } from '#libs/queue';
import type { DeadLetterFilter } from './dead-letters.contract.js';
import { redriveDeadLetters } from './dead-letters.jobs.js';

export const errorCode = sql<string>`${deadLetters.error}->>'code'`;

/** The dead letters for which all of the filter holds. */
export function matching({
  ids,
  queue,
  name,
  code,
  died_after,
  died_before,
}: DeadLetterFilter): SQL | undefined {
  return and(
    ids && inArray(deadLetters.id, ids),
    queue === undefined ? undefined : eq(deadLetters.queue, queue),
    name === undefined ? undefined : eq(deadLetters.name, name),
    code === undefined ? undefined : eq(errorCode, code),
    died_after === undefined ? undefined : gt(deadLetters.diedAt, new Date(died_after)),
    died_before === undefined ? undefined : lt(deadLetters.diedAt, new Date(died_before)),
  );
}

/**
 * The dead letters whose job takes a permission that is not among these. A redrive takes all permissions that it carries,
 * because it acts with them.
 */
export function beyond(held: Permission[]): SQL | undefined {
  const names = declaredJobs().flatMap(({ name, needs }) => (needs && !held.includes(needs) ? [name] : []));
  const carried = sql`coalesce(${deadLetters.payload}->'permissions', '[]')`;
  return or(
    inArray(deadLetters.name, names),
    and(eq(deadLetters.name, redriveDeadLetters.name), sql`not ${carried} <@ ${JSON.stringify(held)}::jsonb`),
  );
}
