import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/**
 * OWASP ASVS 5.0.0: how many requirements of level 1 and 2 each section has. They are numbered from 1 without a gap;
 * those of level 3 come after them.
 */
const sections = `
  1.1: 2, 1.2: 9, 1.3: 11, 1.4: 3, 1.5: 2, 2.1: 3, 2.2: 3, 2.3: 4, 2.4: 1, 3.2: 2, 3.3: 4, 3.4: 6, 3.5: 5, 3.7: 2,
  4.1: 3, 4.2: 1, 4.3: 2, 4.4: 4, 5.1: 1, 5.2: 3, 5.3: 2, 5.4: 3, 6.1: 3, 6.2: 12, 6.3: 4, 6.4: 4, 6.5: 5, 6.6: 3,
  6.8: 4, 7.1: 3, 7.2: 4, 7.3: 2, 7.4: 5, 7.5: 2, 7.6: 2, 8.1: 2, 8.2: 3, 8.3: 1, 8.4: 1, 9.1: 3, 9.2: 4, 10.1: 2,
  10.2: 2, 10.3: 4, 10.4: 11, 10.5: 5, 10.6: 2, 10.7: 3, 11.1: 2, 11.2: 3, 11.3: 3, 11.4: 4, 11.5: 1, 11.6: 1,
  12.1: 3, 12.2: 2, 12.3: 4, 13.1: 1, 13.2: 5, 13.3: 2, 13.4: 5, 14.1: 2, 14.2: 4, 14.3: 3, 15.1: 3, 15.2: 3,
  15.3: 7, 16.1: 1, 16.2: 5, 16.3: 4, 16.4: 3, 16.5: 3, 17.1: 1, 17.2: 4, 17.3: 2`;
const required = [...sections.matchAll(/([\d.]+): (\d+)/g)].flatMap(([, section, count]) =>
  Array.from({ length: Number(count) }, (_, n) => `${section}.${n + 1}`),
);

const page = readFileSync('docs/security.md', 'utf8');

/** The rows of the tables under a heading: cells, without the lines of the table's head. */
function rowsUnder(heading: string): string[][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  return section
    .split(/\n## /)[0]!
    .split('\n')
    .filter((line) => /^\| *\d/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** `6.2.1–4, 6.2.9` is five ids. */
const idsIn = (cell: string) =>
  cell.split(', ').flatMap((part) => {
    const [, section, first, last] = /^(\d+\.\d+)\.(\d+)(?:–(\d+))?$/.exec(part) ?? [];
    if (!section) throw new Error(`Not an id or a range of ids: ${part}`);
    const from = Number(first);
    return Array.from({ length: Number(last ?? first) - from + 1 }, (_, n) => `${section}.${from + n}`);
  });

const applied = rowsUnder('What applies, where it is, what shows it');
const excluded = rowsUnder('What does not apply');

describe('docs/security.md', () => {
  it('says of every requirement of level 1 and 2 whether it applies, once', () => {
    const named = [...applied, ...excluded].flatMap(([ids = '']) => idsIn(ids));
    expect(named.toSorted()).toEqual(required.toSorted());
  });

  it('leaves no cell empty', () => {
    for (const row of applied)
      expect([row[0], row.length, row.filter(Boolean).length]).toEqual([row[0], 4, 4]);
    for (const row of excluded)
      expect([row[0], row.length, row.filter(Boolean).length]).toEqual([row[0], 3, 3]);
  });

  it.each(applied.map((row) => [row[0]!, row[3]!] as const))('names tests that exist: %s', (_, cell) => {
    const tests = [...cell.matchAll(/`([\w./-]+) › ([^`]+)`/g)].map(([, file, title]) => ({ file, title }));
    // A requirement on documents is met by a page.
    expect(tests.length > 0 || /\]\([\w./-]*#?[\w-]*\)/.test(cell)).toBe(true);
    const missing = tests.filter(
      ({ file, title }) => !existsSync(file!) || !readFileSync(file!, 'utf8').includes(title!),
    );
    expect(missing).toEqual([]);
  });
});
