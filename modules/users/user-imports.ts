import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type CsvError, type Info, parse } from 'csv-parse';
import { Database, newId } from '#libs/database';
import { Files, type StagedFile } from '#libs/files';
import { type JobOutcome, type JobRun, JobsService } from '#modules/jobs';
import { importRow, importUsers, ImportUnreadable } from './users.contract.js';
import { users } from './users.schema.js';

/** Rows of one transaction: 500 inserts are one statement of a few milliseconds, and at most 500 are done again after a crash. */
const batchRows = 500;

/** A file may be wrong in every line; the first thousand say why, and the count says how many. */
const maxErrors = 1000;

/** Characters of one row. Longer ones come from a quote that is never closed, and would gather the rest of the file. */
const maxRowLength = 16_384;

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
}

interface CsvRow {
  record: Record<string, string>;
  info: Info;
}

type NewUser = typeof users.$inferInsert;
type Row = { user: NewUser } | { error: RowError };

/** Makes accounts of the rows of a CSV file, in steps that a crash can interrupt without losing or repeating one. */
@Injectable()
export class UserImports {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly files: Files,
  ) {}

  /** Keeps the file and promises the work, or does neither. */
  request({ id: fileId }: StagedFile) {
    return this.db.transaction(async () => {
      // Longer than the job may be tried; the last step of a run that gets there deletes the file.
      await this.files.adopt(fileId, { forDays: 7 });
      const { id } = this.jobs.enqueue(importUsers, { fileId });
      return { id, state: 'queued' as const };
    });
  }

  /** Result: `{ created, skipped, failed, errors }`. A known address is skipped, a broken row is named, the rest is kept. */
  async run(run: JobRun<{ fileId: string }>): Promise<JobOutcome> {
    const { fileId } = run.data;
    let tally: Tally = run.checkpoint<Tally>() ?? { rows: 0, created: 0, skipped: 0, failed: 0, errors: [] };
    const total = await this.#countRows(fileId);
    for await (const batch of inBatches(skip(readRows(this.files.read(fileId)), tally.rows), batchRows)) {
      const before = tally;
      tally = await run.step(
        () => this.#store(before, batch),
        (next) => ({ checkpoint: next, done: next.rows, total: Math.max(total, next.rows) }),
      );
    }
    await run.step(async () => this.files.delete(fileId), {
      checkpoint: tally,
      done: tally.rows,
      total: tally.rows,
    });
    const { rows: _, ...result } = tally;
    return { result };
  }

  async #store(before: Tally, batch: Row[]): Promise<Tally> {
    const found = batch.flatMap((row) => ('user' in row ? [row.user] : []));
    const errors = batch.flatMap((row) => ('error' in row ? [row.error] : []));
    const created =
      found.length === 0
        ? []
        : await this.db.tx.insert(users).values(found).onConflictDoNothing().returning({ id: users.id });
    return {
      rows: before.rows + batch.length,
      created: before.created + created.length,
      skipped: before.skipped + found.length - created.length,
      failed: before.failed + errors.length,
      errors: [...before.errors, ...errors].slice(0, maxErrors),
    };
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
 * The rows after the header, each as the user it would be or as what is wrong with it, in the order of the file.
 * Throws {@link ImportUnreadable} when the file is no list of users at all.
 */
async function* readRows(bytes: AsyncIterable<Buffer>): AsyncGenerator<Row> {
  let hasHeader = false;
  // What is no CSV is told at once, while the rows before it wait in the stream: each is kept until its turn.
  const broken: RowError[] = [];
  const parser = parse({
    bom: true,
    columns: (names: string[]) => {
      hasHeader = true;
      return readHeader(names);
    },
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    trim: true,
    max_record_size: maxRowLength,
  });
  parser.on('skip', (error: CsvError) => broken.push(describe(error)));
  // pipe() does not carry errors over: a file that vanishes must fail the parser, not hang it.
  Readable.from(bytes)
    .on('error', (error) => parser.destroy(error))
    .pipe(parser);
  for await (const { record, info } of parser as AsyncIterable<CsvRow>) {
    while (broken[0] && broken[0].line <= info.lines) yield { error: broken.shift()! };
    yield readRow(record, info.lines);
  }
  for (const error of broken) yield { error };
  if (!hasHeader) throw new ImportUnreadable('The file is empty.');
}

function readHeader(names: string[]): string[] {
  const header = names.map((name) => name.toLowerCase());
  for (const needed of ['email', 'name']) {
    if (!header.includes(needed)) throw new ImportUnreadable(`The first line has no column ${needed}.`);
  }
  return header;
}

function readRow(record: Record<string, string>, line: number): Row {
  if (Object.values(record).some((value) => value.includes('\uFFFD'))) {
    return { error: { line, code: 'not_utf8', detail: 'The row is not UTF-8.' } };
  }
  const parsed = importRow.safeParse(record);
  if (parsed.success) return { user: { id: newId(), status: 'invited', ...parsed.data } };
  const [issue] = parsed.error.issues;
  const column = String(issue?.path[0] ?? 'row');
  return { error: { line, code: `invalid_${column}`, detail: `${column}: ${issue?.message ?? 'is wrong'}` } };
}

/** What csv-parse stumbled over, without the row's content: that is somebody's data. */
function describe(error: CsvError): RowError {
  const { code, lines } = error as CsvError & { lines?: number };
  const isOpen = code === 'CSV_QUOTE_NOT_CLOSED';
  const detail = isOpen
    ? 'A quote is opened and not closed.'
    : `The row is longer than ${maxRowLength} characters.`;
  return { line: lines ?? 0, code: code.toLowerCase(), detail };
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
