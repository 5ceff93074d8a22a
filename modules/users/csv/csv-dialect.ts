/** Bytes in which the first line is looked for. The line of a user list is far shorter. */
const headBytes = 16_384;

const saveAsUtf8 = 'Save it as “CSV UTF-8” and send it again.';

const separators = [
  { separator: ';', name: 'semicolons' },
  { separator: '\t', name: 'tabs' },
  { separator: '|', name: 'vertical bars' },
];

/**
 * Looks at the first bytes of a file and says what is wrong when they are of another encoding or have another separator than
 * RFC 4180 in UTF-8. Returns undefined when nothing is wrong, or nothing that has a name.
 */
export function foreignDialect(file: Uint8Array): string | undefined {
  const head = Buffer.from(file.subarray(0, headBytes));
  if (isUtf16(head)) return `The file is UTF-16. ${saveAsUtf8}`;
  const [line = ''] = head
    .toString('latin1')
    .replace(/^ï»¿/, '')
    .trimStart()
    .split(/[\r\n]/, 1);
  const sep = /^"?sep=([^"]?)/i.exec(line);
  if (sep)
    return `The first line is sep=${sep[1]}, which is no row. Delete it, and separate the cells by commas.`;
  if (columnsOf(line, ',').includes('email')) return undefined;
  const found = separators.find(({ separator }) => columnsOf(line, separator).includes('email'));
  return found && `The cells of the first line are separated by ${found.name}. Separate all cells by commas.`;
}

/** What a row or a first line that is not UTF-8 needs. */
export const notUtf8 = `is not UTF-8 but perhaps Windows-1252 (ANSI), which spreadsheet programs call “CSV”. ${saveAsUtf8}`;

function isUtf16(head: Buffer): boolean {
  const [first, second, third, fourth] = head;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  // Without that mark, every other byte of Latin letters is zero.
  if (fourth === undefined) return false;
  return first && third ? second === 0 && fourth === 0 : first === 0 && third === 0 && !!second && fourth > 0;
}

function columnsOf(line: string, separator: string): string[] {
  return line.split(separator).map((name) =>
    name
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim()
      .toLowerCase(),
  );
}
