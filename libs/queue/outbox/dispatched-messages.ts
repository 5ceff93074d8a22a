import { sql } from 'drizzle-orm';
import { type Database, inlineSql } from '#libs/database';
import { dispatchedMessages, operations, outbox } from './queue.schema.js';
import type { Message } from './message.js';

/** SQL for the transaction in which a message is done or given up: from then on nobody looks for it in the queue. */
export function completion(id: string): string {
  return inlineSql`delete from dispatched_messages where id = ${id}`;
}

/** The same for a message whose operation is over, or gone, without that anybody did it: it was cancelled. */
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
  /** Seconds until the next try. */
  waitSeconds: number;
}

/**
 * Back into the outbox, in the place they had, to be handed over again. Messages that were settled meanwhile stay so.
 * Resolves to the number of those that went back.
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
