import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CsvRecord, csvRecords, maxLookAheadBytes } from './csv-records.js';

/** Returns the records of a file that arrives in pieces of `pieceBytes` bytes, and is parsed in windows of as many. */
async function read(text: string, pieceBytes = 3): Promise<CsvRecord[]> {
  const bytes = Buffer.from(text);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  const found: CsvRecord[] = [];
  for await (const records of csvRecords(pieces(), pieceBytes)) found.push(...records);
  return found;
}

const contents = (records: CsvRecord[]) =>
  records.map((record) => ('cells' in record ? record.cells.join('|') : record.fault));

describe('a CSV file', () => {
  it.each([1, 2, 5, 1000])(
    'has records that end outside quotes, in pieces of %i bytes',
    async (pieceBytes) => {
      const records = await read('a,"b\nc ""d""",e\nü,€\n\nlast,"x\r\ny"', pieceBytes);
      expect(contents(records)).toEqual(['a|b\nc "d"|e', 'ü|€', 'last|x\r\ny']);
      expect(records.map(({ line, lastLine }) => [line, lastLine])).toEqual([
        [1, 2],
        [3, 3],
        [5, 6],
      ]);
    },
  );

  it('goes on with the next line after a quote that is never closed', async () => {
    const good = Array.from({ length: 2000 }, (_, n) => `good ${n},row`);
    const records = await read(['"open,row', ...good].join('\n'), 4096);
    expect(contents(records)).toEqual(['unclosed_quote', ...good.map((row) => row.replace(',', '|'))]);
    expect(records.at(-1)).toMatchObject({ line: 2001 });
    expect(contents(await read('a\r"open\rb'))).toEqual(['a', 'unclosed_quote', 'b']);
  });

  it('goes on with the next line after a quote that is open for too long', async () => {
    const rows = Math.ceil(maxLookAheadBytes / 1000) + 10;
    const records = await read(`"open\n${`${'x'.repeat(999)}\n`.repeat(rows)}`, 65_536);
    expect(records).toHaveLength(1 + rows);
    expect(records[0]).toMatchObject({ line: 1, fault: 'unclosed_quote' });
    expect(records.at(-1)).toMatchObject({ line: 1 + rows, cells: ['x'.repeat(999)] });
  });

  it.each(['\n', '\r', '\r\n'])('goes on after a record that is too long, with line end %j', async (end) => {
    for (const cell of ['x'.repeat(50_000), 'x'.repeat(3_000_000)]) {
      const records = await read(['a', cell, 'b', ''].join(end), 65_535);
      expect(contents(records)).toEqual(['a', 'too_long', 'b']);
      expect(records.at(-1)).toMatchObject({ line: 3 });
    }
  });

  it('takes a quoted cell of a megabyte with line ends for one record', async () => {
    const cell = `"${'a line\r\n""'.repeat(100_000)}"`;
    const records = await read(`a,b\n${cell},c\nd,e\n`, 65_536);
    expect(records.map(({ line, lastLine }) => [line, lastLine])).toEqual([
      [1, 1],
      [2, 100_002],
      [100_003, 100_003],
    ]);
    expect(contents(records)).toEqual(['a|b', 'too_long', 'd|e']);
  });

  it('has a broken record where a quote is inside an unquoted cell or before the end of a quoted one', async () => {
    expect(contents(await read('5" disk,x\n"a"b,y\n"a" ,z'))).toEqual(['invalid_csv', 'invalid_csv', 'a|z']);
  });

  it('has as many blank lines as it likes', async () => {
    const blank = '\r\n \t\n'.repeat(100_000);
    const records = await read(`${blank}a,b\n${blank}`, 300_000);
    expect(records).toEqual([
      { line: 200_001, lastLine: 200_001, cells: ['a', 'b'], isUtf8: true, bytes: 4 },
    ]);
  });

  it('has every line with something in it in exactly one record, in pieces of any size', async () => {
    const characters = fc.constantFrom(
      'a',
      'é',
      ',',
      '"',
      '""',
      '\n',
      '\r',
      '\r\n',
      ' ',
      '\u00A0',
      ',"',
      '"\n',
    );
    const text = fc.array(characters, { maxLength: 40 }).map((parts) => parts.join(''));
    const property = fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (file, pieceBytes) => {
      const records = await read(file, pieceBytes);
      expect(records).toEqual(await read(file, 1_000_000));
      const seen = records.flatMap(({ line, lastLine }) =>
        Array.from({ length: lastLine - line + 1 }, (_, index) => line + index),
      );
      const filled = file
        .split(/\r\n|\r|\n/)
        .flatMap((line, index) => (line.trim() === '' ? [] : [index + 1]));
      expect(new Set(seen).size).toBe(seen.length);
      expect(filled.filter((line) => !seen.includes(line))).toEqual([]);
    });
    await fc.assert(property, { numRuns: 1000 });
  });
});
