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
 * SQL text with its values written into it, for the statements that travel in one message with BEGIN or
 * COMMIT: the simple query protocol has no parameters. Everything else uses Drizzle.
 */
export function inlineSql(parts: TemplateStringsArray, ...values: Value[]): string {
  return parts.reduce((text, part, index) => text + literal(values[index - 1] ?? null) + part);
}
