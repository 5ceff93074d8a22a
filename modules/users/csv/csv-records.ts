import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import { ByteQueue } from './byte-queue.js';

/** Bytes of one record. A longer one is no row of a user list. */
export const maxRecordBytes = 16_384;

/**
 * Bytes in which a record has to end. Cells of a megabyte with all quotes doubled fit, so that they are reported as one row. A
 * quote that is open for longer counts as never closed, which bounds the memory.
 */
export const maxLookAheadBytes = 2 * 1024 * 1024 + maxRecordBytes;

/** Bytes of one call of the parser: about a thousand rows, which hold the event loop for a few milliseconds. */
const minWindowBytes = 64 * 1024;

/** How much more the parser gets when no record ends in a window. */
const windowGrowth = 8;

/** RFC 4180 with any line end. CRLF comes first, because the parser takes the first that matches. */
const dialect = { record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true, trim: true };

export type CsvFault = 'invalid_csv' | 'too_long' | 'unclosed_quote';

/** One record of the file, or the reason why the file has none at this line. */
export type CsvRecord = {
  /** The line in which the record begins; the first line of a file is 1. */
  line: number;
  lastLine: number;
} & ({ cells: string[]; isUtf8: boolean; bytes: number } | { fault: CsvFault });

/**
 * Yields the records of a CSV file in groups, without blank lines. csv-parse alone decides where a record ends. After a record
 * that it refuses, the reader continues with the next line, so that a broken row affects no other. Memory is bounded by a chunk
 * of the file and {@link maxLookAheadBytes}.
 */
export async function* csvRecords(
  file: AsyncIterable<Uint8Array>,
  windowBytes = minWindowBytes,
): AsyncGenerator<CsvRecord[]> {
  const reader = new CsvRecordReader(windowBytes);
  for await (const chunk of file) yield* reader.read(chunk, false);
  yield* reader.read(new Uint8Array(), true);
}

class CsvRecordReader {
  /** The bytes that belong to no record yet. */
  readonly #held = new ByteQueue();
  #line = 1;
  #isFileStart = true;
  /** The parser has found no end of a record in so many bytes. */
  #readBytes = 0;
  /** True when it was inside quotes then. */
  #isOpen = false;
  /** True in the middle of a refused line: the reader ignores everything up to its end. */
  #isSkipping = false;

  constructor(private readonly windowBytes: number) {}

  *read(chunk: Uint8Array, isLast: boolean): Generator<CsvRecord[]> {
    this.#held.append(chunk);
    while (this.#bytes.length > 0) {
      if (this.#isSkipping && !this.#skipLine(isLast)) return;
      const windowBytes = this.#nextWindow();
      if (!isLast && this.#bytes.length < windowBytes) return;
      const isEnd = isLast && this.#bytes.length <= windowBytes;
      const { records, error, isProgress } = this.#parse(windowBytes, isEnd);
      if (records.length > 0) yield records;
      this.#isOpen = error?.code === 'CSV_QUOTE_NOT_CLOSED';
      this.#readBytes = isProgress ? 0 : windowBytes;
      if (error && !this.#isOpen) yield [this.#refuseLine('invalid_csv')];
      else if (isEnd && !this.#isOpen) return;
      else if (isEnd || this.#readBytes >= maxLookAheadBytes) yield [this.#refuseLine('unclosed_quote')];
    }
  }

  /**
   * Returns how many bytes the parser has to see. It begins anew each time and copies what it reads, so that a long record goes
   * to it only with the next byte that can end it, and with many more bytes than the time before.
   */
  #nextWindow(): number {
    if (this.#readBytes === 0) return this.windowBytes;
    const ends = (this.#isOpen ? [quote] : [quote, lf, cr])
      .map((byte) => this.#bytes.indexOf(byte, this.#readBytes))
      .filter((at) => at >= 0);
    const wanted = Math.max(Math.min(...ends) + this.windowBytes, this.#readBytes * windowGrowth);
    return Math.min(wanted, maxLookAheadBytes);
  }

  get #bytes(): Buffer {
    return this.#held.bytes;
  }

  /** Returns the records that end in the window, and removes them from the bytes. An error concerns the record after them. */
  #parse(windowBytes: number, isEnd: boolean) {
    const window = this.#bytes.subarray(0, windowBytes);
    const found: { cells: string[]; end: number }[] = [];
    const error = errorOf(() =>
      parse(isEnd ? window : withoutPartialCharacter(window), {
        ...dialect,
        bom: this.#isFileStart,
        on_record: (cells: string[], { bytes: end }) => {
          found.push({ cells, end });
          return null;
        },
      }),
    );
    // The rest of the last record, or of its line end, may come after the window.
    if (!isEnd && !error) found.pop();
    const records: CsvRecord[] = [];
    let start = 0;
    for (const { cells, end } of found) {
      const record = this.#place(this.#bytes.subarray(start, end), cells);
      if (record) records.push(record);
      start = end;
    }
    this.#remove(start);
    return { records, error, isProgress: start > 0 };
  }

  /** Returns the record with its place in the file, or undefined when it is a blank line. */
  #place(raw: Buffer, cells: string[]): CsvRecord | undefined {
    const line = this.#line;
    this.#line += countLineEnds(raw);
    const place = { line, lastLine: this.#line - (endsLine(raw) ? 1 : 0) };
    if (cells.length === 1 && cells[0] === '' && !raw.includes('"')) return undefined;
    return raw.length > maxRecordBytes
      ? { ...place, fault: 'too_long' }
      : { ...place, cells, isUtf8: isUtf8(raw), bytes: raw.length };
  }

  /** Gives up the record at the start of the bytes. The next one begins with the next line. */
  #refuseLine(fault: CsvFault): CsvRecord {
    this.#isSkipping = true;
    this.#readBytes = 0;
    const lineBytes = endOfLine(this.#bytes, true) ?? this.#bytes.length;
    const isLong = fault === 'unclosed_quote' && lineBytes > maxRecordBytes;
    return { line: this.#line, lastLine: this.#line, fault: isLong ? 'too_long' : fault };
  }

  /** Removes the refused line, and returns false when its end has not arrived yet. */
  #skipLine(isLast: boolean): boolean {
    const end = endOfLine(this.#bytes, isLast);
    this.#isSkipping = end === undefined;
    if (end !== undefined) this.#line += 1;
    // A CR stays, because an LF after it belongs to the same line end.
    const isCut = end === undefined && this.#bytes.at(-1) === cr;
    this.#remove(end ?? this.#bytes.length - (isCut ? 1 : 0));
    return end !== undefined;
  }

  #remove(bytes: number): void {
    if (bytes > 0) this.#isFileStart = false;
    this.#held.remove(bytes);
  }
}

const quote = 0x22;
const cr = 0x0d;
const lf = 0x0a;

/** Returns the position after the first line end, or undefined when it has not arrived completely. */
function endOfLine(bytes: Buffer, isLast: boolean): number | undefined {
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === lf) return at + 1;
    if (bytes[at] !== cr) continue;
    if (at + 1 === bytes.length && !isLast) return undefined;
    return bytes[at + 1] === lf ? at + 2 : at + 1;
  }
  return undefined;
}

const endsLine = (bytes: Buffer) => bytes.at(-1) === lf || bytes.at(-1) === cr;

/** Counts the line ends, of which CRLF is one. */
function countLineEnds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += 1)
    if (bytes[at] === lf || (bytes[at] === cr && bytes[at + 1] !== lf)) count += 1;
  return count;
}

/** Cuts a character of several bytes off the end. The parser would not recognize a part of a space, and refuse the record. */
function withoutPartialCharacter(bytes: Buffer): Buffer {
  let start = bytes.length - 1;
  // A character of UTF-8 has four bytes at most; all but the first begin with the bits 10.
  while (start > bytes.length - 4 && start > 0 && (bytes[start]! & 0xc0) === 0x80) start -= 1;
  return bytes[start]! >= 0xc0 ? bytes.subarray(0, start) : bytes;
}

function errorOf(parsing: () => unknown): CsvError | undefined {
  try {
    parsing();
    return undefined;
  } catch (error) {
    if (error instanceof CsvError) return error;
    throw error;
  }
}
