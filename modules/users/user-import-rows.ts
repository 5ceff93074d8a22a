import type { Role } from '#libs/access';
import { newId } from '#libs/database';
import { foreignDialect, notUtf8 } from './csv/csv-dialect.js';
import {
  type CsvFault,
  type CsvRecord,
  csvRecords,
  maxLookAheadBytes,
  maxRecordBytes,
} from './csv/csv-records.js';
import { unguarded } from './csv/formula-guard.js';
import { importRow, ImportUnreadable } from './users.contract.js';
import type { users } from './users.schema.js';

/** The number of rows per transaction: 500 inserts are one statement of a few milliseconds, and a crash repeats at most 500. */
const batchRows = 500;

/** Bytes of the file per transaction, which bound the memory when the rows are long. 500 ordinary rows have 25 KiB. */
const batchBytes = 512 * 1024;

export interface RowError {
  line: number;
  code: string;
  detail: string;
}

export type NewUser = typeof users.$inferInsert;
export type ImportRow = { user: NewUser } | { error: RowError };

/**
 * Yields the rows after the header in batches, each row as a new user or as an error, without the first `skipped` rows. Throws
 * {@link ImportUnreadable} when the file is no list of users at all.
 */
export async function* importBatches(
  file: AsyncIterable<Uint8Array>,
  roles: Role[],
  skipped: number,
): AsyncGenerator<ImportRow[]> {
  let columns: string[] | undefined;
  let rows = 0;
  let batch: ImportRow[] = [];
  let bytes = 0;
  for await (const records of csvRecords(inKnownDialect(file)))
    for (const record of records) {
      if (!columns) {
        columns = readHeader(record);
        continue;
      }
      rows += 1;
      if (rows <= skipped) continue;
      batch.push(readRow(record, columns, roles));
      bytes += 'cells' in record ? record.bytes : 0;
      if (batch.length < batchRows && bytes < batchBytes) continue;
      yield batch;
      batch = [];
      bytes = 0;
    }
  if (!columns) throw new ImportUnreadable('The file is empty.');
  if (batch.length > 0) yield batch;
}

/** Throws {@link ImportUnreadable} for a file whose beginning shows another encoding or separator. */
async function* inKnownDialect(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of file) {
    const fault = isFirst ? foreignDialect(chunk) : undefined;
    if (fault) throw new ImportUnreadable(fault);
    isFirst = false;
    yield chunk;
  }
}

const faults: Record<CsvFault, string> = {
  invalid_csv:
    'The quotes are wrong: a cell with a quote in it needs quotes around it, and two for each inside.',
  too_long: `It is longer than ${maxRecordBytes} bytes.`,
  unclosed_quote: `A quote is opened but not closed within ${maxLookAheadBytes} bytes.`,
};

/** Returns the names of the columns in lower case. A column without a name is allowed as long as its cells are empty. */
function readHeader(record: CsvRecord): string[] {
  if ('fault' in record) throw new ImportUnreadable(`The first line is no row. ${faults[record.fault]}`);
  const columns = record.cells.map((name) => name.toLowerCase());
  for (const needed of ['email', 'name'])
    if (!columns.includes(needed)) throw new ImportUnreadable(`The first line has no column ${needed}.`);
  if (!record.isUtf8) throw new ImportUnreadable(`The first line ${notUtf8}`);
  const repeated = columns.find((name, index) => name !== '' && columns.indexOf(name) !== index);
  if (repeated !== undefined)
    throw new ImportUnreadable(`The first line has the column ${repeated.slice(0, 100)} more than once.`);
  return columns;
}

function readRow(record: CsvRecord, columns: string[], roles: Role[]): ImportRow {
  const failed = (code: string, detail: string) => ({ error: { line: record.line, code, detail } });
  const place =
    record.lastLine > record.line ? ` A quote makes lines ${record.line} to ${record.lastLine} one row.` : '';
  if ('fault' in record) return failed(record.fault, `${faults[record.fault]}${place}`);
  const { cells } = record;
  if (!record.isUtf8) return failed('not_utf8', `The row ${notUtf8}`);
  if (cells.length !== columns.length) {
    const code = cells.length > columns.length ? 'too_many_cells' : 'too_few_cells';
    const detail = `The row has ${cells.length} cells, and the first line has ${columns.length}. A cell with a comma in it needs quotes.`;
    return failed(code, `${detail}${place}`);
  }
  if (cells.some((cell, index) => cell !== '' && columns[index] === ''))
    return failed('unnamed_column', 'A cell has no column: the first line gives its column no name.');
  const cellOf = (name: string) => unguarded(cells[columns.indexOf(name)] ?? '');
  const parsed = importRow.safeParse({ email: cellOf('email'), name: cellOf('name'), role: cellOf('role') });
  if (parsed.success && !roles.includes(parsed.data.role))
    return failed(
      'role_not_grantable',
      'The role allows more than you may do. Roles above member need a session in sudo.',
    );
  if (parsed.success) return { user: { id: newId(), status: 'invited', ...parsed.data } };
  const [issue] = parsed.error.issues;
  const column = String(issue?.path[0] ?? 'row');
  return failed(`invalid_${column}`, `${column}: ${issue?.message ?? 'is wrong'}`);
}
