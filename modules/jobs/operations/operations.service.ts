import { Injectable } from '@nestjs/common';
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { AccessDenied, getPrincipal, type Permission } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Database } from '#libs/database';
import { FileStore, type StoredFile } from '#libs/files';
import { findJob, OperationAdmin, operations } from '#libs/queue';
import {
  type Job,
  JobAlreadyFinished,
  JobNotFinished,
  JobNotFound,
  JobResultNotFound,
} from './jobs.contract.js';
import { countCancelled } from './operation-metrics.js';

/** A running operation has the file that it writes. */
const hasResult = sql<boolean>`(${operations.state} = 'succeeded' and (${operations.result} is not null or ${operations.resultFileId} is not null))`;

/** The columns of a view, in its shape; links follow from the id. */
const view = {
  id: operations.id,
  type: operations.name,
  state: operations.state,
  progress: { done: operations.done, total: operations.total },
  attempts: operations.attempt,
  created_at: operations.createdAt,
  started_at: operations.startedAt,
  finished_at: operations.finishedAt,
  problem: sql<Job['problem']>`${operations.problem}`,
  hasResult,
};

export type JobResult = { result: unknown } | { file: StoredFile };

/** Shows clients their jobs, and cancels them. Reads rows, never BullMQ. */
@Injectable()
export class OperationsService {
  constructor(
    private readonly db: Database,
    private readonly admin: OperationAdmin,
    private readonly files: FileStore,
    private readonly audit: AuditLog,
  ) {}

  /** Throws {@link JobNotFound}, also for a job that the caller may not see. */
  get(id: string): Promise<Job> {
    return this.#read(id, ownOr('jobs:read'));
  }

  /** The present state of jobs that their watchers were allowed to see. */
  async listWatched(ids: string[]): Promise<Job[]> {
    const rows = await this.db.conn.select(view).from(operations).where(inArray(operations.id, ids));
    return rows.map(withLinks);
  }

  /** Throws {@link JobNotFound}, {@link AccessDenied}, {@link JobNotFinished} or {@link JobResultNotFound}. */
  async getResult(id: string): Promise<JobResult> {
    const { type, state } = await this.get(id);
    const needed = findJob(type)?.needs;
    if (needed && !getPrincipal().permissions.has(needed)) throw new AccessDenied(`It needs ${needed}.`);
    if (state === 'queued' || state === 'running') throw new JobNotFinished();
    if (state !== 'succeeded') throw new JobResultNotFound();
    const [row] = await this.db.conn
      .select({ result: operations.result, fileId: operations.resultFileId })
      .from(operations)
      .where(eq(operations.id, id));
    if (row?.fileId) return { file: await this.files.get(row.fileId) };
    if (!row || row.result === null) throw new JobResultNotFound();
    return { result: row.result };
  }

  /**
   * Cancels a waiting job at once; asks the worker of a running one to stop, which it does within two seconds.
   * Throws {@link JobNotFound}, {@link AccessDenied} or {@link JobAlreadyFinished}.
   */
  cancel(id: string, reason?: string): Promise<Job> {
    return this.db.transaction(async () => {
      const job = await this.admin.cancel(id, ownOr('jobs:write'));
      if (job === undefined) {
        const { finished_at } = await this.get(id);
        throw finished_at ? new JobAlreadyFinished() : new AccessDenied();
      }
      this.audit.record({ action: 'jobs.cancel', target: `job:${id}`, reason });
      this.db.afterCommit(() => countCancelled({ job }));
      return this.#read(id);
    });
  }

  async #read(id: string, condition?: SQL): Promise<Job> {
    const [row] = await this.db.conn
      .select(view)
      .from(operations)
      .where(and(eq(operations.id, id), condition));
    if (!row) throw new JobNotFound();
    return withLinks(row);
  }
}

/** Owners may always; other callers with the permission. */
function ownOr(permission: Permission): SQL | undefined {
  const { id, permissions } = getPrincipal();
  return permissions.has(permission) ? undefined : eq(operations.ownerId, id);
}

function withLinks({ hasResult: linked, ...row }: Omit<Job, 'links'> & { hasResult: boolean }): Job {
  const self = `/v1/jobs/${row.id}`;
  return { ...row, links: { self, events: `${self}/events`, ...(linked && { result: `${self}/result` }) } };
}
