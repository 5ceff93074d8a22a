import { Inject, Injectable } from '@nestjs/common';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { AccessDenied, getPrincipal, type Permission } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Database } from '#libs/database';
import { FileStore, type StoredFile } from '#libs/files';
import {
  JobAlreadyFinished,
  JobNotFound,
  JobNotFinished,
  JobResultNotFound,
  type Job,
} from './jobs.contract.js';
import { findJob, operations, statesBefore } from '#libs/queue';
import { countCancelled } from './operation-metrics.js';

const hasResult = sql<boolean>`(${operations.result} is not null or ${operations.resultFileId} is not null)`;

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

/** What clients see of their jobs and do to them. Knows the rows only, never the queue. */
@Injectable()
export class OperationsService {
  constructor(
    @Inject(Database) private readonly db: Database,
    private readonly files: FileStore,
    private readonly audit: AuditLog,
  ) {}

  /** Throws {@link JobNotFound}, also for a job that the caller may not see. */
  async get(id: string): Promise<Job> {
    const [row] = await this.db.conn
      .select(view)
      .from(operations)
      .where(and(eq(operations.id, id), ownOr('jobs:read')));
    if (!row) throw new JobNotFound();
    return withLinks(row);
  }

  /** The present state of jobs that their watchers were allowed to see. */
  async listWatched(ids: string[]): Promise<Job[]> {
    const rows = await this.db.conn.select(view).from(operations).where(inArray(operations.id, ids));
    return rows.map(withLinks);
  }

  /** Throws {@link JobNotFound}, {@link AccessDenied}, {@link JobNotFinished} or {@link JobResultNotFound}. */
  async getResult(id: string): Promise<JobResult> {
    const { type, state } = await this.get(id);
    const needed = findJob(type)?.resultNeeds;
    if (needed && !getPrincipal().permissions.has(needed)) throw new AccessDenied(`It needs ${needed}.`);
    if (state === 'queued' || state === 'running') throw new JobNotFinished();
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
  cancel(id: string): Promise<Job> {
    return this.db.transaction(() => this.#cancel(id));
  }

  async #cancel(id: string): Promise<Job> {
    const ifQueued = <T>(value: T, otherwise: T) =>
      sql`case when ${operations.state} = 'queued' then ${value} else ${otherwise} end`;
    const [row] = await this.db.conn
      .update(operations)
      .set({
        cancelRequestedAt: sql`coalesce(${operations.cancelRequestedAt}, now())`,
        state: ifQueued(sql`'cancelled'`, sql`${operations.state}`),
        finishedAt: ifQueued(sql`now()`, sql`${operations.finishedAt}`),
        updatedAt: sql`now()`,
      })
      .where(
        and(eq(operations.id, id), ownOr('jobs:write'), inArray(operations.state, statesBefore('cancelled'))),
      )
      .returning(view);
    if (row) {
      this.audit.record({ action: 'jobs.cancel', target: `job:${id}` });
      this.db.afterCommit(() => countCancelled({ job: row.type }));
      return withLinks(row);
    }
    const { finished_at } = await this.get(id);
    throw finished_at ? new JobAlreadyFinished() : new AccessDenied();
  }
}

/** Owners may always; others with the permission. */
function ownOr(permission: Permission) {
  const { id, permissions } = getPrincipal();
  return permissions.has(permission) ? undefined : eq(operations.ownerId, id);
}

function withLinks({ hasResult: linked, ...row }: Omit<Job, 'links'> & { hasResult: boolean }): Job {
  const self = `/v1/jobs/${row.id}`;
  return { ...row, links: { self, events: `${self}/events`, ...(linked && { result: `${self}/result` }) } };
}
