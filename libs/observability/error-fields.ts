import { sqlState } from '#libs/database';

/** Causes and parts of aggregates are followed this far; a longer chain repeats itself or is a loop. */
const maxDepth = 4;

interface KnownFields {
  code?: unknown;
  /** Drizzle: the SQL text, which its message holds as well. */
  query?: unknown;
  /** pg: names from the schema. `detail`, `where`, `hint` and `parameters` quote values and stay out. */
  constraint?: unknown;
  table?: unknown;
  column?: unknown;
  cause?: unknown;
  errors?: unknown;
}

/**
 * What the log says about an error: an allow-list, because messages of drivers and parsers quote the values
 * they failed on, which may be passwords, tokens and addresses.
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
  // SQLSTATE class 22: the server quotes the value, as in: invalid input syntax for type uuid: "…".
  if (typeof error.query !== 'string' && sqlState(error)?.startsWith('22'))
    return 'A value does not fit its type.';
  // V8 quotes the text that JSON.parse was given.
  if (error instanceof SyntaxError && error.message.includes('JSON')) return 'A text is not JSON.';
  return withoutParameters(error.message);
}

/** Drizzle's message is the SQL, and then, on a line of their own, the bound parameters. */
export function withoutParameters(message: string): string {
  const start = message.indexOf('\nparams: ');
  return start === -1 ? message : message.slice(0, start);
}

/** The frames alone: before them a stack repeats the message. */
function frames({ stack = '', message }: Error): string | undefined {
  const head = stack.indexOf(message);
  const rest = head === -1 ? stack : stack.slice(head + message.length);
  const start = rest.search(/^ {4}at /m);
  return start === -1 ? undefined : rest.slice(start);
}
