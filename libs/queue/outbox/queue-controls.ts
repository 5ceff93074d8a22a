import { type SQL, sql } from 'drizzle-orm';
import { queueControls } from './queue-controls.schema.js';

/**
 * SQL: those of these queues that are not paused. A part of the statement that takes rows, so a pause holds at once; a query
 * of its own in it, so that it is asked once and not for each row.
 */
export function notPaused(queues: string[]): SQL {
  return sql`select known.name from unnest(${sql.param(queues)}::text[]) as known (name)
    where not exists (select from ${queueControls}
      where ${queueControls.name} = known.name and ${queueControls.state} = 'paused')`;
}
