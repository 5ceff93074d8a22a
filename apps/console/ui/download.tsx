import { path } from '../data/location.js';

type Row = object;

/** The rows of a table as files: as JSON what the API has sent, as CSV the same with one column for each field. */
export const Download = ({ name, rows }: { name: string; rows: readonly Row[] }) => (
  <p class="downloads" role="group" aria-label={`${name} as a file`}>
    <button type="button" class="bare small" onClick={() => save(rows, 'csv')}>
      CSV
    </button>
    <button type="button" class="bare small" onClick={() => save(rows, 'json')}>
      JSON
    </button>
  </p>
);

function save(rows: readonly Row[], format: 'csv' | 'json'): void {
  const text = format === 'json' ? `${JSON.stringify(rows, null, 2)}\n` : csvOf(rows);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(
    new Blob([text], { type: format === 'json' ? 'application/json' : 'text/csv' }),
  );
  link.download = `${path.value.slice(1).replaceAll('/', '-') || 'overview'}.${format}`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function csvOf(rows: readonly Row[]): string {
  const flat = rows.map((row) => Object.fromEntries(fieldsOf(row)));
  const names = [...new Set(flat.flatMap(Object.keys))];
  return [names, ...flat.map((row) => names.map((name) => row[name]))]
    .map((cells) => `${cells.map(cellOf).join(',')}\r\n`)
    .join('');
}

/** Objects within become columns of their own, `progress.done`; lists stay JSON. */
const fieldsOf = (value: Row, prefix = ''): [string, unknown][] =>
  Object.entries(value).flatMap(([name, field]: [string, unknown]) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? fieldsOf(field, `${prefix}${name}.`)
      : [[prefix + name, field] as [string, unknown]],
  );

/** As RFC 4180 has it. A spreadsheet would calculate what begins like a formula; an apostrophe says that it is a text. */
function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
