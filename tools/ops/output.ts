import type { Answer } from './tool.js';

/** Characters that a terminal obeys instead of showing them, or that change the order of those around them. */
const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Characters of a cell at most: a row stays on few lines. */
const maxCell = 80;

/** A text that a terminal only shows: names and errors of jobs come from anybody. */
export function harmless(text: string): string {
  return text.replaceAll(obeyed, '\u{fffd}');
}

/** JSON for programs, in which nothing is obeyed by a terminal either. */
export function jsonOf(data: unknown): string {
  return JSON.stringify(data, null, 2).replaceAll(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
      .map((code) => `\\u${code.toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

export function textOf({ parts }: Pick<Answer, 'parts'>): string {
  return parts.map((part) => (typeof part === 'string' ? harmless(part) : tableOf(part))).join('\n\n');
}

/** Columns are the names of the fields. */
export function tableOf(rows: Record<string, unknown>[]): string {
  const titles = Object.keys(rows[0] ?? {});
  if (titles.length === 0) return '(none)';
  const lines = [titles, ...rows.map((row) => titles.map((title) => cellOf(row[title])))];
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const isNumber = titles.map((title) => rows.every((row) => typeof (row[title] ?? 0) === 'number'));
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toPrecision(3);
  const text = harmless(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > maxCell ? `${text.slice(0, maxCell - 1)}…` : text;
}
