import pg from 'pg';

type Value = string | number | boolean | Buffer | Date | null;

function literal(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return pg.escapeLiteral(value);
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'::bytea`;
  if (value instanceof Date) return `'${value.toISOString()}'::timestamptz`;
  return String(value);
}

/**
 * Returns SQL text with the values written into it. Only the statements that travel in one message with BEGIN or COMMIT
 * need it, because the simple query protocol has no parameters; all others use Drizzle.
 */
export function inlineSql(parts: TemplateStringsArray, ...values: Value[]): string {
  return parts.reduce((text, part, index) => text + literal(values[index - 1] ?? null) + part);
}
