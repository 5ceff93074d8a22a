import { Injectable } from '@nestjs/common';
import { parse } from 'csv-parse/sync';
import type { Role } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Database, newId } from '#libs/database';
import { FileStore, type StagedFile } from '#libs/files';
import { type JobOutcome, type JobRun, JobsService } from '#libs/queue';
import { type CsvRecord, csvRecords, maxRecordLength } from './csv-records.js';
import { assertOwnerStillAuthorized } from './job-authorization.js';
import { type ImportOrder, importUsers } from './users.jobs.js';
import { importRow, ImportUnreadable } from './users.contract.js';
import { grantableRoles } from './users.rules.js';
import { users } from './users.schema.js';

/** Rows of one transaction: 500 inserts are one statement of a few milliseconds, and at most 500 are done again after a crash. */
const batchRows = 500;

/** A file may be wrong in every line; the first thousand say why, and the count says how many. */
const maxErrors = 1000;

interface RowError {
  line: number;
  code: string;
  detail: string;
}

interface Tally {
  /** Rows of the file that are dealt with, whatever became of them. */
  rows: number;
  created: number;
  skipped: number;
  failed: number;
  errors: RowError[];
  isComplete: boolean;
}

type NewUser = typeof users.$inferInsert;
type Row = { user: NewUser } | { error: RowError };

/** Makes accounts of the rows of a CSV file, in steps that a crash can interrupt without losing or repeating one. */
@Injectable()
export class UserImportsService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly files: FileStore,
    private readonly audit: AuditLog,
  ) {}

  /** Keeps the file and promises the work, or does neither. */
  request({ id: fileId }: StagedFile) {
    return this.db.transaction(async () => {
      // Longer than the job may be tried; the last step of a run that gets there deletes the file.
      await this.files.adopt(fileId, { forDays: 7 });
      const { id } = this.jobs.enqueue(importUsers, { fileId, roles: grantableRoles() });
      return { id, state: 'queued' as const };
    });
  }

  /** Result: `{ created, skipped, failed, errors }`. A known address is skipped, a broken row is named, the rest is kept. */
  async run(run: JobRun<ImportOrder>): Promise<JobOutcome> {
    const start: Tally = { rows: 0, created: 0, skipped: 0, failed: 0, errors: [], isComplete: false };
    const tally = run.checkpoint<Tally>() ?? start;
    const { created, skipped, failed, errors } = tally.isComplete ? tally : await this.#goOn(run, tally);
    return { result: { created, skipped, failed, errors } };
  }

  async #goOn(run: JobRun<ImportOrder>, from: Tally): Promise<Tally> {
    const { fileId, roles } = run.data;
    const total = await this.#countRows(fileId);
    let tally = from;
    for await (const batch of inBatches(
      skip(readRows(this.files.read(fileId), roles), from.rows),
      batchRows,
    )) {
      const before = tally;
      tally = await run.step(
        () => this.#store(run, before, batch),
        (next) => ({ checkpoint: next, done: next.rows, total: Math.max(total, next.rows) }),
      );
    }
    tally = { ...tally, isComplete: true };
    // The job may run once more after this: the checkpoint tells it that there is no file to look for.
    await run.step(() => this.files.delete(fileId), {
      checkpoint: tally,
      done: tally.rows,
      total: tally.rows,
    });
    return tally;
  }

  async #store(run: JobRun<ImportOrder>, before: Tally, batch: Row[]): Promise<Tally> {
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
            .returning({ id: users.id, role: users.role });
    if (created.length > 0) this.#record(run, created);
    return {
      isComplete: false,
      rows: before.rows + batch.length,
      created: before.created + created.length,
      skipped: before.skipped + found.length - created.length,
      failed: before.failed + errors.length,
      errors: [...before.errors, ...errors].slice(0, maxErrors),
    };
  }

  /** Who got rights by it is named; the others are a number. */
  #record({ id, ownerId }: JobRun<ImportOrder>, created: { id: string; role: Role }[]): void {
    this.audit.record({
      action: 'users.import',
      target: `job:${id}`,
      meta: { created: created.length, with_rights: created.filter(({ role }) => role !== 'member') },
      ...(ownerId && { actor: { kind: 'user', id: ownerId } }),
    });
  }

  /** Lines less the header: what progress is measured by. Quoted line breaks make it too high, the last step mends that. */
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
 * The rows after the header, each as the user it would be or as what is wrong with it.
 * Throws {@link ImportUnreadable} when the file is no list of users at all.
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
  unclosed_quote: { code: 'unclosed_quote', detail: 'A quote is opened and not closed.' },
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
    return { error: { line, code: 'role_not_grantable', detail: 'The role allows more than you may do.' } };
  if (parsed.success) return { user: { id: newId(), status: 'invited', ...parsed.data } };
  const [issue] = parsed.error.issues;
  const column = String(issue?.path[0] ?? 'row');
  return { error: { line, code: `invalid_${column}`, detail: `${column}: ${issue?.message ?? 'is wrong'}` } };
}

/** The cells of one record, or nothing when it is not valid CSV. */
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
