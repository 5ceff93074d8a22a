import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { csvLines } from './csv/csv-lines.js';
import { importBatches, type ImportRow } from './user-import-rows.js';
import { email, personName } from './users.contract.js';

async function batchesOf(file: string | Buffer, { skipped = 0, pieceBytes = 262_144 } = {}) {
  const bytes = Buffer.from(file as string);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  const batches: ImportRow[][] = [];
  for await (const batch of importBatches(pieces(), ['member', 'viewer'], skipped)) batches.push(batch);
  return batches;
}

const rowsOf = async (file: string | Buffer, pieceBytes?: number) =>
  (await batchesOf(file, { ...(pieceBytes && { pieceBytes }) })).flat();
const outcome = (row: ImportRow) => ('user' in row ? row.user.name : [row.error.line, row.error.code]);
const outcomes = async (file: string | Buffer) => (await rowsOf(file)).map(outcome);

describe('the rows of an import', () => {
  it.each(['\r', '\n', '\r\n'])('end with %j', async (end) => {
    const file = ['email,name,role', 'a@example.com,Ann,member', 'b@example.com,Bob,viewer', ''].join(end);
    expect(await outcomes(file)).toEqual(['Ann', 'Bob']);
  });

  it('end as each of them does', async () => {
    expect(await outcomes('email,name\na@example.com,Ann\rb@example.com,Bob\r\nc@example.com,Cy')).toEqual([
      'Ann',
      'Bob',
      'Cy',
    ]);
  });

  it.each([
    ['a@example.com,Smith, John', [2, 'too_many_cells']],
    ['a@example.com,Ann,', [2, 'too_many_cells']],
    ['a@example.com', [2, 'too_few_cells']],
    ['""', [2, 'too_few_cells']],
    [',', [2, 'invalid_email']],
  ])('are errors when their cells are not those of the first line: %s', async (row, error) => {
    expect(await outcomes(`email,name\n${row}\nb@example.com,Bob\n`)).toEqual([error, 'Bob']);
  });

  it('may have empty cells in columns without a name, as spreadsheet programs write them, and no others', async () => {
    const file = 'email,name,,\na@example.com,Ann,,\nb@example.com,Smith,John,\n';
    expect(await outcomes(file)).toEqual(['Ann', [3, 'unnamed_column']]);
  });

  it('name the lines that a quote makes one row', async () => {
    const [row] = await rowsOf('email,name\n"a@example.com,Ann\nb@example.com,5"\n');
    expect(row).toMatchObject({ error: { line: 2, code: 'too_few_cells' } });
    expect(row).toMatchObject({ error: { detail: expect.stringContaining('lines 2 to 3') as unknown } });
  });

  it('are refused alone when they are not UTF-8, with what to do', async () => {
    const file = Buffer.from('email,name\na@example.com,Jos\xe9\nb@example.com,Bob\n', 'latin1');
    const [broken, good] = await rowsOf(file);
    expect([outcome(broken!), outcome(good!)]).toEqual([[2, 'not_utf8'], 'Bob']);
    expect(broken).toMatchObject({
      error: { detail: expect.stringMatching(/Windows-1252.*UTF-8/) as unknown },
    });
    expect(await outcomes('email,name\na@example.com,a \uFFFD sign\n')).toEqual(['a \uFFFD sign']);
  });

  const utf16 = (text: string, isBig = false) => {
    const bytes = Buffer.from(text, 'utf16le');
    return isBig ? bytes.swap16() : bytes;
  };
  const table = 'email,name\na@example.com,Ann\n';
  it.each<[string, string | Buffer, RegExp]>([
    ['UTF-16 with a mark', utf16(`\uFEFF${table}`), /UTF-16.*CSV UTF-8/],
    ['UTF-16 with a mark, big end first', utf16(`\uFEFF${table}`, true), /UTF-16.*CSV UTF-8/],
    ['UTF-16 without a mark', utf16(table), /UTF-16.*CSV UTF-8/],
    ['UTF-16 without a mark, big end first', utf16(table, true), /UTF-16.*CSV UTF-8/],
    [
      'a first line in Windows-1252',
      Buffer.from('email,name,Gr\xf6\xdfe\n', 'latin1'),
      /not UTF-8.*Windows-1252.*CSV UTF-8/,
    ],
    ['semicolons', table.replaceAll(',', ';'), /semicolons.*commas/],
    ['semicolons and quotes', '"name";"email"\r\n"Ann";"a@example.com"\r\n', /semicolons.*commas/],
    ['semicolons and a mark', '\uFEFFemail;name\n', /semicolons.*commas/],
    ['tabs', table.replaceAll(',', '\t'), /tabs.*commas/],
    ['vertical bars', table.replaceAll(',', '|'), /vertical bars.*commas/],
    ['sep=', `sep=,\n${table}`, /sep=,.*Delete it/],
    ['sep= in quotes', `\uFEFF"sep=;"\r\n${table}`, /sep=;.*Delete it/],
    ['a column that comes twice', 'email,name,Name\na@example.com,Ann,Bob\n', /column name more than once/],
    ['a strange column that comes twice', 'email,x,name,X\n', /column x more than once/],
    ['a first line with wrong quotes', 'email,"na"me\n', /first line is no row.*quotes/],
    ['blank lines only', '\n \r\n', /empty/],
  ])('are not read from a file with %s, and the reason names it', async (_, file, reason) => {
    await expect(rowsOf(file)).rejects.toMatchObject({
      code: 'users.import-unreadable',
      detail: expect.stringMatching(reason) as unknown,
    });
  });

  it('are all there, each with its line, in every dialect', async () => {
    const end = fc.constantFrom('\n', '\r', '\r\n');
    const name = fc.constantFrom('Ann', 'Smith, John', 'two\r\nlines', 'a "b" c', 'é 李', '’t Hooft', '; |');
    const row = fc.record({
      kind: fc.constantFrom('good', 'more', 'fewer', 'trailing', 'wrong'),
      name,
      isQuoted: fc.boolean(),
      end,
      blankLines: fc.array(fc.constantFrom('\n', '\r\n', ' \r', '\t\n'), { maxLength: 2 }),
    });
    const file = fc.record({
      rows: fc.array(row, { maxLength: 12 }),
      headEnd: end,
      hasMark: fc.boolean(),
      isEnded: fc.boolean(),
      pieceBytes: fc.integer({ min: 1, max: 64 }),
    });
    const codes = {
      more: 'too_many_cells',
      trailing: 'too_many_cells',
      fewer: 'too_few_cells',
      wrong: 'invalid_email',
    };
    const property = fc.asyncProperty(file, async ({ rows, headEnd, hasMark, isEnded, pieceBytes }) => {
      let text = `${hasMark ? '\uFEFF' : ''}email,name,role${headEnd}`;
      const expected: unknown[] = [];
      for (const { kind, name: value, isQuoted, end: rowEnd, blankLines } of rows) {
        const quote = (cell: string) =>
          isQuoted || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
        const line = text.split(/\r\n|\r|\n/).length;
        const cells = [kind === 'wrong' ? 'nobody' : 'a@example.com', quote(value), quote('member')];
        if (kind === 'fewer') cells.pop();
        if (kind === 'more') cells.push('x');
        if (kind === 'trailing') cells.push('');
        text += cells.join(',') + rowEnd + blankLines.join('');
        if (kind !== 'good') expected.push([line, codes[kind]]);
        else if (value.includes('\n')) expected.push([line, 'invalid_name']);
        else expected.push(value);
      }
      if (!isEnded) text = text.trimEnd();
      expect((await rowsOf(text, pieceBytes)).map(outcome)).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 500 });
  });

  it('are the people whom an export wrote, whatever their names', async () => {
    const beginnings = fc.constantFrom(
      '',
      "'",
      "''",
      '=',
      '+49 ',
      '-',
      '@',
      '＝',
      '＋',
      '－',
      '＠',
      "'=",
      "''+",
      '"',
    );
    const letters = fc.string({
      unit: fc.constantFrom('a', 'é', '李', '😀', "'", '"', ',', ';', '=', ' ', '|'),
    });
    const name = fc
      .tuple(beginnings, fc.oneof(letters, fc.string({ unit: 'grapheme' })))
      .map((parts) => parts.join(''))
      .filter((text) => personName.safeParse(text).success)
      .map((text) => personName.parse(text));
    const address = fc
      .constantFrom('a', '+a', '-a', "'a", "'+a", "''-a", "o'neil")
      .map((local) => email.parse(`${local}@example.com`));
    const property = fc.asyncProperty(fc.array(fc.tuple(address, name)), async (people) => {
      const file = csvLines([['email', 'name', 'role'], ...people.map((person) => [...person, 'member'])]);
      const rows = await rowsOf(file);
      expect(rows.map((row) => 'user' in row && [row.user.email, row.user.name])).toEqual(people);
    });
    await fc.assert(property, { numRuns: 500 });
  });

  it('come in batches that are bounded by their rows and by their bytes', async () => {
    const file = (rows: number, name: string) =>
      `email,name\n${Array.from({ length: rows }, (_, n) => `${n}@example.com,${name}\n`).join('')}`;
    expect((await batchesOf(file(1200, 'Ann'))).map(({ length }) => length)).toEqual([500, 500, 200]);
    const long = await batchesOf(file(1200, 'x'.repeat(8192)));
    expect(long.flat()).toHaveLength(1200);
    expect(Math.max(...long.map(({ length }) => length * 8192))).toBeLessThan(1024 * 1024);
  });

  it('go on after those that were read before', async () => {
    const file = 'email,name\na@example.com,Ann\nbroken\nb@example.com,Bob\nc@example.com,Cy\n';
    const batches = await batchesOf(file, { skipped: 2 });
    expect(batches.flat().map(outcome)).toEqual(['Bob', 'Cy']);
  });
});
