/** Characters of one record. Longer ones are no row of a user list, and would have to be held in memory. */
export const maxRecordLength = 16_384;

/** One record as it stands in the file, or why there is none at this line. */
export type CsvRecord =
  { line: number; text: string } | { line: number; fault: 'unclosed_quote' | 'too_long' };

/**
 * Cuts a CSV file (RFC 4180) into its records, so that each can be parsed alone and a broken one costs nothing but
 * itself: after a quote that is never closed it goes on with the next line. Memory is bounded by a chunk and a record.
 */
export async function* csvRecords(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRecord> {
  const decoder = new TextDecoder();
  const cutter = new Cutter();
  for await (const chunk of bytes) yield* cutter.cut(decoder.decode(chunk, { stream: true }), false);
  yield* cutter.cut(decoder.decode(), true);
}

class Cutter {
  #text = '';
  #line = 1;
  /** In the middle of a line that is too long: nothing counts until it ends. */
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
      // A first line of a bearable length is only a part of the record because of a quote in it.
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

/** The newline that ends the record, which is the first outside quotes; nothing when it has not come yet. */
function endOfRecord(text: string, start: number): number | undefined {
  const { end, quoted } = scan(text, start, Math.min(text.length, start + maxRecordLength + 1));
  return quoted || end === undefined ? undefined : end;
}

function isOpen(text: string, start: number, end: number): boolean {
  return scan(text, start, end).quoted;
}

/** A quote opens a field only at its beginning; inside, two stand for one. */
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
