import { sql } from 'drizzle-orm';
import type { Database } from '#libs/database';
import type { FileStore, StageOptions } from '#libs/files';
import type { JobDefinition } from '../outbox/job-definition.js';
import { ResultStorageFull } from '../outbox/job-problems.js';
import { storedBytes } from '../outbox/operation-limits.js';
import { operations } from '../queue.schema.js';
import { StaleAttemptError } from './job-run.js';

export interface ResultOrder {
  id: string;
  ownerId: string | undefined;
  /** Fencing token. */
  attempt: number;
  definition: Pick<JobDefinition<never>, 'name' | 'maxStoredBytesPerOwner'>;
}

/**
 * Stages the file of a result, and counts its bytes before they are written. Throws {@link ResultStorageFull} when they are more than
 * the owner may have stored: two that run at once do not see each other's last chunk, so that each further one may exceed the bound
 * by 256 KiB while it is written.
 */
export async function stageResult(
  db: Database,
  files: FileStore,
  order: ResultOrder,
  content: AsyncIterable<Uint8Array>,
  options: StageOptions,
): Promise<{ fileId: string }> {
  let isLinked = false;
  const beforeBytes = async (fileId: string, bytes: number) => {
    if (!isLinked) await link(db, order, fileId);
    isLinked = true;
    const stored = await reserve(db, order, fileId, bytes);
    const most = order.definition.maxStoredBytesPerOwner;
    if (order.ownerId !== undefined && stored > most)
      throw new ResultStorageFull(`At most ${most} bytes may be stored.`);
  };
  const { id: fileId } = await files.stage(content, { ...options, beforeBytes });
  return { fileId };
}

/** Names the file in the operation, and deletes what an attempt left behind whose worker died. */
async function link(db: Database, { id, attempt }: ResultOrder, fileId: string): Promise<void> {
  const { rows } = await db.conn.execute<{ earlier: string | null }>(sql`
    update operations set result_file_id = ${fileId}
    from (select id, result_file_id as earlier from operations where id = ${id}) before
    where operations.id = before.id and attempt = ${attempt} and state = 'running'
    returning before.earlier`);
  if (!rows[0]) throw new StaleAttemptError();
  await db.conn.execute(sql`delete from files where id = ${rows[0].earlier} and state = 'staging'`);
}

/**
 * Adds bytes to the size of the file, for the attempt that runs alone. Returns the bytes that the owner has then stored by operations
 * of this name.
 */
async function reserve(
  db: Database,
  { id, attempt, ownerId, definition: { name } }: ResultOrder,
  fileId: string,
  bytes: number,
): Promise<number> {
  const { rows } = await db.conn.execute<{ reserved: number; stored: number }>(sql`
    with reserved as (
      update files set size = size + ${bytes} where id = ${fileId} and exists (
        select from operations where id = ${id} and attempt = ${attempt} and state = 'running'
      ) returning id
    )
    select (select count(*) from reserved)::int as reserved, ${storedBytes} + ${bytes} as stored
    from ${operations} left join files on files.id = ${operations.resultFileId}
    where ${operations.ownerId} = ${ownerId ?? null} and ${operations.name} = ${name}`);
  const { reserved, stored } = rows[0]!;
  if (reserved === 0) throw new StaleAttemptError();
  return stored;
}
