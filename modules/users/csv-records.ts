/** Characters of one record. A longer one is no row of a user list and would take too much memory. */
export const maxRecordLength = 16_384;

/** One record as it is in the file, or the reason why there is none at this line. */
export type CsvRecord =
  { line: number; text: string } | { line: number; fault: 'unclosed_quote' | 'too_long' };

/**
 * Splits a CSV file (RFC 4180) into its records, so that each can be parsed alone and a broken one affects no other: after a
 * quote that is never closed it continues with the next line. Memory is bounded by a chunk and a record.
 */
export async function* csvRecords(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRecord> {
  const decoder = new TextDecoder();
  const splitter = new RecordSplitter();
  for await (const chunk of bytes) yield* splitter.cut(decoder.decode(chunk, { stream: true }), false);
  yield* splitter.cut(decoder.decode(), true);
}

class RecordSplitter {
  #text = '';
  #line = 1;
  /** True in the middle of a line that is too long: everything up to its end is ignored. */
  #isSkipping = false;

  *cut(more: string, isLast: boolean): Generator<CsvRecord> {
    this.#text += more;
    let start = 0;
    while (start < this.#text.length) {
      const lineEnd = this.#text.indexOf('\n', start);
      if (this.#isSkipping) {
        this.#isSkipping = lineEnd === -1;
        this.#line += this.#isSkipping ? 0 : 1;
        start = this.#isSkipping ? this.#text.length : lineEnd + 1;
        continue;
      }
      const end =
        endOfRecord(this.#text, start) ?? (isLast && lineEnd === -1 ? this.#text.length : undefined);
      const length = (end ?? this.#text.length) - start;
      if (end === undefined && length <= maxRecordLength && !isLast) break;
      if (end !== undefined && length <= maxRecordLength && !isOpen(this.#text, start, end)) {
        const text = this.#text.slice(start, end);
        yield { line: this.#line, text };
        this.#line += text.split('\n').length;
        start = end + 1;
        continue;
      }
      // When the first line is short enough, only a quote in it can have made the record longer.
      const isLineShort =
        lineEnd === -1 ? isLast && length <= maxRecordLength : lineEnd - start <= maxRecordLength;
      yield { line: this.#line, fault: isLineShort ? 'unclosed_quote' : 'too_long' };
      this.#isSkipping = lineEnd === -1;
      this.#line += this.#isSkipping ? 0 : 1;
      start = lineEnd === -1 ? this.#text.length : lineEnd + 1;
    }
    this.#text = this.#text.slice(start);
  }
}

/** Returns the newline that ends the record, the first outside quotes, or undefined when it has not arrived yet. */
function endOfRecord(text: string, start: number): number | undefined {
  const { end, quoted } = scan(text, start, Math.min(text.length, start + maxRecordLength + 1));
  return quoted || end === undefined ? undefined : end;
}

function isOpen(text: string, start: number, end: number): boolean {
  return scan(text, start, end).quoted;
}

/** A quote opens a field only at its beginning; inside, two quotes stand for one. */
function scan(text: string, start: number, until: number): { end: number | undefined; quoted: boolean } {
  let quoted = false;
  let isFieldStart = true;
  for (let at = start; at < until; at += 1) {
    const char = text.charCodeAt(at);
    if (quoted) {
      if (char !== 0x22 /* " */) continue;
      if (text.charCodeAt(at + 1) === 0x22) at += 1;
      else quoted = false;
    } else if (char === 0x0a /* newline */) return { end: at, quoted: false };
    else if (char === 0x22 && isFieldStart) quoted = true;
    isFieldStart = char === 0x2c; /* , */
  }
  return { end: undefined, quoted };
}
