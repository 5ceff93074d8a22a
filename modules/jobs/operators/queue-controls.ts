import { type Column, type SQL, sql } from 'drizzle-orm';
import { queueControls } from '../queues.schema.js';

/** The condition that leaves the rows of paused queues alone. Asked in the statement itself, so a pause holds at once. */
export function isNotPaused(queue: Column): SQL {
  return sql`not exists (select 1 from ${queueControls}
    where ${queueControls.name} = ${queue} and ${queueControls.state} = 'paused')`;
}
