import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { type Role, roles as allRoles } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Database } from '#libs/database';
import { FileStore, type StagedFile } from '#libs/files';
import { type JobOutcome, type JobRun, JobsService } from '#libs/queue';
import { assertOwnerStillAuthorized } from './job-authorization.js';
import { importBatches, type ImportRow, type NewUser, type RowError } from './user-import-rows.js';
import { type ImportOrder, importUsers, maxReportedAccounts, reportRightsChange } from './users.jobs.js';
import { grantableRoles, hasRights } from './users.rules.js';
import { users } from './users.schema.js';

/** The number of reported errors. A file may be wrong in every line; the count covers the further ones. */
const maxErrors = 1000;

interface ImportProgress {
  /** The number of processed rows of the file, whatever the result. */
  rows: number;
  created: number;
  skipped: number;
  failed: number;
  errors: RowError[];
  isComplete: boolean;
}

/** Creates accounts from the rows of a CSV file, in steps that a crash can interrupt without losing or repeating a row. */
@Injectable()
export class UserImportsService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly files: FileStore,
    private readonly audit: AuditLog,
  ) {}

  /** Keeps the file and enqueues the job, or does neither. */
  request({ id: fileId }: StagedFile) {
    return this.db.transaction(async () => {
      // This is longer than the job may be retried. The last step of a completed run deletes the file.
      await this.files.adopt(fileId, { forDays: 7 });
      const { id } = await this.jobs.enqueueOperation(importUsers, { fileId, roles: grantableRoles() });
      return { id, state: 'queued' as const };
    });
  }

  /**
   * Imports the file. The result is `{ created, skipped, failed, errors }`: known addresses are skipped, broken rows are
   * reported, and all others are imported.
   */
  async run(run: JobRun<ImportOrder>): Promise<JobOutcome> {
    const start: ImportProgress = {
      rows: 0,
      created: 0,
      skipped: 0,
      failed: 0,
      errors: [],
      isComplete: false,
    };
    const progress = run.checkpoint<ImportProgress>() ?? start;
    const { created, skipped, failed, errors } = progress.isComplete
      ? progress
      : await this.#resume(run, progress);
    return { result: { created, skipped, failed, errors } };
  }

  async #resume(run: JobRun<ImportOrder>, from: ImportProgress): Promise<ImportProgress> {
    const { fileId, roles } = run.data;
    const total = await this.#countRows(fileId);
    let progress = from;
    for await (const batch of importBatches(this.files.read(fileId), roles, from.rows)) {
      const before = progress;
      progress = await run.step(
        () => this.#store(run, before, batch),
        (next) => ({ checkpoint: next, done: next.rows, total: Math.max(total, next.rows) }),
      );
    }
    progress = { ...progress, isComplete: true };
    // The job may run once more after this. The checkpoint tells it that the file is gone.
    await run.step(() => this.files.delete(fileId), {
      checkpoint: progress,
      done: progress.rows,
      total: progress.rows,
    });
    return progress;
  }

  async #store(
    run: JobRun<ImportOrder>,
    before: ImportProgress,
    batch: ImportRow[],
  ): Promise<ImportProgress> {
    const found = batch.flatMap((row) => ('user' in row ? [row.user] : []));
    const errors = batch.flatMap((row) => ('error' in row ? [row.error] : []));
    await assertOwnerStillAuthorized(this.db, run.ownerId, 'users:write', run.data.roles);
    const created = found.length === 0 ? [] : await this.#insert(found);
    if (created.length > 0) this.#record(run, created);
    this.#report(created);
    return {
      isComplete: false,
      rows: before.rows + batch.length,
      created: before.created + created.length,
      skipped: before.skipped + found.length - created.length,
      failed: before.failed + errors.length,
      errors: [...before.errors, ...errors].slice(0, maxErrors),
    };
  }

  /**
   * Inserts the users whose address is not known yet. The statement has a parameter for each column: one for each cell would be
   * thousands of objects, which outlive young garbage collections while the server works, and so pile up.
   */
  async #insert(found: NewUser[]): Promise<Pick<NewUser, 'id' | 'email' | 'role'>[]> {
    const column = (name: keyof NewUser) => sql.param(found.map((user) => user[name]));
    const { rows } = await this.db.tx.execute<Pick<NewUser, 'id' | 'email' | 'role'>>(sql`
      insert into ${users} (id, email, name, role, status)
      select * from unnest(${column('id')}::uuid[], ${column('email')}::text[], ${column('name')}::text[],
        ${column('role')}::text[], ${column('status')}::text[])
      on conflict do nothing returning id, email, role`);
    return rows;
  }

  /** Records the import. It names the users who got permissions and counts the others. */
  #record({ id, ownerId }: JobRun<ImportOrder>, created: { id: string; role: Role }[]): void {
    const withRights = created
      .filter(({ role }) => hasRights(role))
      .map(({ id: user, role }) => ({ id: user, role }));
    this.audit.record({
      action: 'users.import',
      target: `job:${id}`,
      meta: { created: created.length, with_rights: withRights },
      ...(ownerId && { actor: { kind: 'user', id: ownerId } }),
    });
  }

  /** Has the owners and all administrators told of the accounts that were created with rights. */
  #report(created: { email: string; role: Role }[]): void {
    for (const role of allRoles.filter(hasRights)) {
      const emails = created.filter((user) => user.role === role).map(({ email }) => email);
      for (let at = 0; at < emails.length; at += maxReportedAccounts)
        this.jobs.enqueue(reportRightsChange, {
          emails: emails.slice(at, at + maxReportedAccounts),
          role,
          changes: ['role'],
        });
    }
  }

  /**
   * Counts the lines without the header, for the progress. Blank lines and quoted line breaks make the number too high, which
   * the last step corrects.
   */
  async #countRows(fileId: string): Promise<number> {
    return Math.max(0, (await this.files.countLineEnds(fileId)) - 1);
  }
}
