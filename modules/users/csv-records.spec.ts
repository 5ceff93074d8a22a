import { describe, expect, it } from '@jest/globals';
import { type CsvRecord, csvRecords } from './csv-records.js';

/** Returns the records of a file that arrives in pieces of `pieceBytes` bytes. */
async function cut(text: string, pieceBytes = 3): Promise<CsvRecord[]> {
  const bytes = Buffer.from(text);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  const records: CsvRecord[] = [];
  for await (const record of csvRecords(pieces())) records.push(record);
  return records;
}

const texts = (records: CsvRecord[]) =>
  records.map((record) => ('text' in record ? record.text : record.fault));

describe('a CSV file', () => {
  it.each([1, 2, 5, 1000])(
    'is cut at the newlines outside quotes, in pieces of %i bytes',
    async (pieceBytes) => {
      const records = await cut('a,"b\nc ""d""",e\nü,€\n\nlast,"x"', pieceBytes);
      expect(texts(records)).toEqual(['a,"b\nc ""d""",e', 'ü,€', '', 'last,"x"']);
      expect(records.map(({ line }) => line)).toEqual([1, 3, 4, 5]);
    },
  );

  it('goes on with the next line after a quote that is never closed', async () => {
    const good = Array.from({ length: 2000 }, (_, n) => `good ${n},row`);
    const records = await cut(['"open,row', ...good].join('\n'), 4096);
    expect(texts(records)).toEqual(['unclosed_quote', ...good]);
    expect(records.at(-1)).toMatchObject({ line: 2001 });
    expect(texts(await cut('a\n"open\nb'))).toEqual(['a', 'unclosed_quote', 'b']);
  });

  it('goes on with the next line after one that is too long', async () => {
    const records = await cut(`a\n${'x'.repeat(50_000)}\nb\n`, 4096);
    expect(texts(records)).toEqual(['a', 'too_long', 'b']);
    expect(records.at(-1)).toMatchObject({ line: 3 });
  });

  it('takes a quote inside a cell for what it is', async () => {
    expect(texts(await cut('5" disk,x\n"a"b,y\nz'))).toEqual(['5" disk,x', '"a"b,y', 'z']);
  });
});
