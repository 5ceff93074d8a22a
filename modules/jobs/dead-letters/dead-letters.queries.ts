import { and, eq, gt, inArray, lt, type SQL, sql } from 'drizzle-orm';
import { deadLetters } from '#libs/queue';
import type { DeadLetterFilter } from './dead-letters.contract.js';

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
