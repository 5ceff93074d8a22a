import { Injectable } from '@nestjs/common';
import { parse } from 'csv-parse/sync';
import { type Role, roles as allRoles } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Database, newId } from '#libs/database';
import { FileStore, type StagedFile } from '#libs/files';
import { type JobOutcome, type JobRun, JobsService } from '#libs/queue';
import { type CsvRecord, csvRecords, maxRecordLength } from './csv-records.js';
import { assertOwnerStillAuthorized } from './job-authorization.js';
import { type ImportOrder, importUsers, maxReportedAccounts, reportRightsChange } from './users.jobs.js';
import { importRow, ImportUnreadable } from './users.contract.js';
import { grantableRoles, hasRights } from './users.rules.js';
import { users } from './users.schema.js';

/** The number of rows per transaction: 500 inserts are one statement of a few milliseconds, and a crash repeats at most 500. */
const batchRows = 500;

/** The number of reported errors. A file may be wrong in every line; the count covers the further ones. */
const maxErrors = 1000;

interface RowError {
  line: number;
  code: string;
  detail: string;
}

interface ImportProgress {
  /** The number of processed rows of the file, whatever the result. */
  rows: number;
  created: number;
  skipped: number;
  failed: number;
  errors: RowError[];
  isComplete: boolean;
}

type NewUser = typeof users.$inferInsert;
type Row = { user: NewUser } | { error: RowError };

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
      const { id } = this.jobs.enqueue(importUsers, { fileId, roles: grantableRoles() });
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
    for await (const batch of inBatches(
      skip(readRows(this.files.read(fileId), roles), from.rows),
      batchRows,
    )) {
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

  async #store(run: JobRun<ImportOrder>, before: ImportProgress, batch: Row[]): Promise<ImportProgress> {
    const found = batch.flatMap((row) => ('user' in row ? [row.user] : []));
    const errors = batch.flatMap((row) => ('error' in row ? [row.error] : []));
    await assertOwnerStillAuthorized(this.db, run.ownerId, 'users:write', run.data.roles);
    const created =
      found.length === 0
        ? []
        : await this.db.tx
            .insert(users)
            .values(found)
            .onConflictDoNothing()
            .returning({ id: users.id, email: users.email, role: users.role });
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
   * Counts the lines without the header, for the progress. Quoted line breaks make the number too high, which the last step
   * corrects.
   */
  async #countRows(fileId: string): Promise<number> {
    let lines = 0;
    let last = 0x0a;
    for await (const chunk of this.files.read(fileId)) {
      for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, at + 1)) lines += 1;
      last = chunk.at(-1) ?? last;
    }
    return Math.max(0, lines + (last === 0x0a ? 0 : 1) - 1);
  }
}

/**
 * Yields the rows after the header, each as a new user or as an error. Throws {@link ImportUnreadable} when the file is no
 * list of users at all.
 */
async function* readRows(bytes: AsyncIterable<Buffer>, roles: Role[]): AsyncGenerator<Row> {
  let header: string[] | undefined;
  for await (const record of csvRecords(bytes)) {
    if (header === undefined) header = readHeader(record);
    else if ('fault' in record) yield { error: { line: record.line, ...faults[record.fault] } };
    else if (record.text.trim() !== '') yield readRow(record, header, roles);
  }
  if (!header) throw new ImportUnreadable('The file is empty.');
}

const faults = {
  unclosed_quote: { code: 'unclosed_quote', detail: 'A quote is opened but not closed.' },
  too_long: { code: 'too_long', detail: `The row is longer than ${maxRecordLength} characters.` },
};

function readHeader(record: CsvRecord): string[] {
  const cells = 'text' in record ? parseCells(record.text.replace(/^\uFEFF/, '')) : undefined;
  const header = (cells ?? []).map((name) => name.toLowerCase());
  for (const needed of ['email', 'name']) {
    if (!header.includes(needed)) throw new ImportUnreadable(`The first line has no column ${needed}.`);
  }
  return header;
}

function readRow({ line, text }: { line: number; text: string }, header: string[], roles: Role[]): Row {
  if (text.includes('\uFFFD')) return { error: { line, code: 'not_utf8', detail: 'The row is not UTF-8.' } };
  const cells = parseCells(text);
  if (!cells) return { error: { line, code: 'invalid_csv', detail: 'The quotes of the row are wrong.' } };
  const parsed = importRow.safeParse(
    Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])),
  );
  if (parsed.success && !roles.includes(parsed.data.role))
    return {
      error: {
        line,
        code: 'role_not_grantable',
        detail: 'The role allows more than you may do. Roles above member need a session in sudo.',
      },
    };
  if (parsed.success) return { user: { id: newId(), status: 'invited', ...parsed.data } };
  const [issue] = parsed.error.issues;
  const column = String(issue?.path[0] ?? 'row');
  return { error: { line, code: `invalid_${column}`, detail: `${column}: ${issue?.message ?? 'is wrong'}` } };
}

/** Returns the cells of one record, or undefined when it is not valid CSV. */
function parseCells(text: string): string[] | undefined {
  try {
    const [cells] = parse(text, { trim: true, relax_column_count: true });
    return cells ?? [];
  } catch {
    return undefined;
  }
}

async function* skip<T>(items: AsyncIterable<T>, count: number): AsyncGenerator<T> {
  let index = 0;
  for await (const item of items) if ((index += 1) > count) yield item;
}

async function* inBatches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
