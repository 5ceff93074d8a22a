import { sqlState } from '#libs/database';

/** The depth to which causes and parts of aggregates are followed. A longer chain repeats itself or is a loop. */
const maxDepth = 4;

interface KnownFields {
  code?: unknown;
  /** The SQL text in an error of Drizzle, whose message holds it as well. */
  query?: unknown;
  /** The names from the schema in an error of pg. `detail`, `where`, `hint` and `parameters` quote values and are left out. */
  constraint?: unknown;
  table?: unknown;
  column?: unknown;
  cause?: unknown;
  errors?: unknown;
}

/**
 * Returns the fields of an error that the log may hold. It is an allow-list, because drivers and parsers quote in their
 * messages the values on which they failed, and these may be passwords, tokens and addresses.
 */
export function errorFields(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const known = error as Error & KnownFields;
  const inner = depth < maxDepth;
  return {
    type: error.constructor.name,
    message: safeMessage(known),
    code: text(known.code),
    constraint: text(known.constraint),
    table: text(known.table),
    column: text(known.column),
    stack: frames(error),
    cause: inner && known.cause !== undefined ? errorFields(known.cause, depth + 1) : undefined,
    errors:
      inner && Array.isArray(known.errors)
        ? known.errors.slice(0, maxDepth).map((part) => errorFields(part, depth + 1))
        : undefined,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function safeMessage(error: Error & KnownFields): string {
  // For SQLSTATE class 22 the server quotes the value, as in: invalid input syntax for type uuid: "…".
  if (typeof error.query !== 'string' && sqlState(error)?.startsWith('22'))
    return 'A value does not fit its type.';
  // V8 quotes the argument of JSON.parse.
  if (error instanceof SyntaxError && error.message.includes('JSON')) return 'A text is not JSON.';
  return withoutParameters(error.message);
}

/** Removes the bound parameters, which Drizzle puts on a separate line after the SQL. */
export function withoutParameters(message: string): string {
  const start = message.indexOf('\nparams: ');
  return start === -1 ? message : message.slice(0, start);
}

/** Returns only the frames of a stack, which repeats the message before them. */
function frames({ stack = '', message }: Error): string | undefined {
  const head = stack.indexOf(message);
  const rest = head === -1 ? stack : stack.slice(head + message.length);
  const start = rest.search(/^ {4}at /m);
  return start === -1 ? undefined : rest.slice(start);
}
