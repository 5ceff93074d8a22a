import { sql } from 'drizzle-orm';
import { type Database, inlineSql } from '#libs/database';
import { dispatchedMessages, operations, outbox } from '../queue.schema.js';
import type { Message } from './message.js';

/** SQL for the transaction in which a message is done or has failed for good: the queue is not asked for it any more. */
export function completion(id: string): string {
  return inlineSql`delete from dispatched_messages where id = ${id}`;
}

/** Completes a message whose operation is over although no attempt did it: it was cancelled, or is gone. */
export async function completeIfOver(
  db: Database,
  { id, originId }: Pick<Message, 'id' | 'originId'>,
): Promise<void> {
  await db.conn.execute(sql`
    delete from ${dispatchedMessages} where id = ${id}
    and not exists (select from ${operations} where id = ${originId} and finished_at is null)`);
}

export interface Refusal {
  error: string;
  /** Seconds until the message is dispatched again. */
  waitSeconds: number;
}

/**
 * Puts messages back into the outbox, at the place that they had, to be dispatched again. A message that was completed
 * meanwhile is left alone. Resolves to the number of those that went back.
 */
export async function requeue(db: Database, ids: string[], refusal?: Refusal): Promise<number> {
  const { rowCount } = await db.conn.execute(sql`
    with back as (delete from ${dispatchedMessages} where id = any(${sql.param(ids)}::uuid[]) returning *)
    insert into ${outbox} (id, seq, queue, name, version, payload, headers, partition_key, created_at, available_at, attempts, last_error)
    select id, seq, queue, name, version, payload, headers, partition_key, created_at,
      now() + make_interval(secs => ${refusal?.waitSeconds ?? 0}),
      attempts + ${refusal ? 1 : 0}, ${refusal?.error ?? null}
    from back
    on conflict (id) do nothing`);
  return rowCount ?? 0;
}
