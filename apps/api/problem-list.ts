import { problemTypes, statusOf } from '#libs/problem';

/** Returns the table of docs/problems.md: every code that an answer or a failed job can have. */
export function problemList(): string {
  const rows = problemTypes().map(({ code, kind, title, help }) =>
    [`\`${code}\``, String(statusOf[kind]), title, help].map(escaped),
  );
  return [['code', 'status', 'title', 'what to do'], ['---', '---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}

const escaped = (cell: string) => cell.replaceAll('|', String.raw`\|`);
