import { errorFields, withoutParameters } from './error-fields.js';

/** The names of fields that may hold secrets. The code should not log them in the first place. */
const secrets = new Set([
  'authorization',
  'body',
  'code_verifier',
  'cookie',
  'email',
  'headers',
  'id_token',
  'parameters',
  'params',
  'password',
  'payload',
  'query',
  'secret',
  'set-cookie',
  'token',
  'url',
]);

/** The depth from which nested fields are left out. */
const maxDepth = 4;

/**
 * Converts the arguments of a log call to plain data that may be written. It runs before pino, which takes the message of an
 * error for the message of the line, and replaces pino's redact, whose wildcards cost 14 µs a line, a tenth of a request.
 */
export function safeArguments(values: unknown[]): unknown[] {
  const [first, ...rest] = values;
  const fields = first instanceof Error ? { err: first } : first;
  return [fields, ...rest].map((value) => safeValue(value, 0));
}

function safeValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return withoutParameters(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof Error) return errorFields(value);
  if (depth === maxDepth) return undefined;
  if (Array.isArray(value)) return value.map((item) => safeValue(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  // Requests, clients and other instances of classes hold more than a log should.
  if (prototype !== Object.prototype && prototype !== null) return `[${value.constructor.name}]`;
  return safeFields(value, depth);
}

function safeFields(fields: object, depth: number): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!secrets.has(name.toLowerCase())) kept[name] = safeValue(value, depth + 1);
  }
  return kept;
}
