import { types } from 'node:util';
import { defineProblem, type Problem } from '#libs/problem';

const { isNativeError } = types;

class DatabaseUnavailable extends defineProblem({
  kind: 'unavailable',
  code: 'database.unavailable',
  title: 'The database cannot be reached',
  help: 'Send the same request again after the seconds that Retry-After names. Send a change with the same Idempotency-Key: it then takes effect once.',
}) {}

class DatabaseBusy extends defineProblem({
  kind: 'unavailable',
  code: 'database.busy',
  title: 'The database is too busy',
  help: 'A lock, a connection or an answer took too long. Send the request again after the seconds that Retry-After names. Send a change with the same Idempotency-Key: it then takes effect once.',
}) {}

class OutcomeUnknown extends defineProblem({
  kind: 'unavailable',
  code: 'database.outcome-unknown',
  title: 'It is not known whether the change was made',
  help: 'The connection to the database broke at the last moment. Read the resource to find out, or repeat the request with the same Idempotency-Key.',
}) {}

class ResourceConflict extends defineProblem({
  kind: 'conflict',
  code: 'resource.conflict',
  title: 'The change conflicts with what is stored',
  help: 'Another request changed or uses the same resource. Read it again, then decide whether to repeat the change.',
}) {}

class ValueUnstorable extends defineProblem({
  kind: 'invalid',
  code: 'value.unstorable',
  title: 'A value cannot be stored',
  help: 'A value is out of the range that can be stored, although its form is right.',
}) {}

/** A connection that broke during COMMIT: the work is either stored as a whole or not at all. */
export class CommitOutcomeUnknown extends Error {
  override readonly name = 'CommitOutcomeUnknown';
}

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);

/** Messages of pg and pg-pool for errors that carry no code. */
const connectionMessages =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|connection error and is not queryable|Client was closed|Cannot use a pool after/i;

interface DriverError {
  code?: string;
  message?: string;
  cause?: unknown;
}

/** Errors that came from the database. A network error does not tell which server could not be reached. */
const raised = new WeakSet<object>();

/** Records that an error came from the database, and returns the error. */
export function fromDatabase<T>(error: T): T {
  if (isNativeError(error)) raised.add(error);
  return error;
}

/** Returns the driver's own error. Drizzle wraps it and puts the bound parameters into the message of the wrapper. */
function driverError(error: unknown): DriverError | undefined {
  // instanceof would miss an error from another realm, for example from the one of a test runner.
  let isOurs = false;
  for (let current = error, depth = 0; depth < 5 && isNativeError(current); depth += 1) {
    isOurs ||= raised.has(current);
    if (
      'severity' in current ||
      (isOurs &&
        (networkCodes.has((current as DriverError).code ?? '') || connectionMessages.test(current.message)))
    ) {
      return current as DriverError;
    }
    // Node reports a refused connection to both loopback families as one AggregateError.
    current = 'errors' in current ? (current as AggregateError).errors[0] : current.cause;
  }
  return undefined;
}

/** Returns the five-character SQLSTATE (PostgreSQL manual, appendix A) of an error that the server raised. */
export function sqlState(error: unknown): string | undefined {
  const code = driverError(error)?.code;
  return code && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Returns true when the same transaction may succeed on another attempt: after a serialization failure or a deadlock. */
export function isRetryable(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

/** Returns true when the connection is gone, or in an unknown state, and must not be used again. */
export function isConnectionLost(error: unknown): boolean {
  const cause = driverError(error);
  if (!cause) return false;
  const state = sqlState(error);
  if (!state) return true;
  return state.startsWith('08') || state.startsWith('57P') || useless.has(state);
}

/**
 * The server ended a transaction or a session that was idle for too long, or it takes no writes any more: it was demoted, and a new
 * connection reaches its successor.
 */
const useless = new Set(['25P03', '25P04', '25006']);

/** Faults of the whole database: it does not let this role in, or lacks what every release needs. */
const wholesale = ['08', '28', '3D', '3F', '26', '42501', '42P01', '42883'];

/** Returns true when every statement of this kind would fail, so that no job and no message is to blame. */
export function isServerFault(error: unknown): boolean {
  const state = sqlState(error);
  return isConnectionLost(error) || wholesale.some((start) => state?.startsWith(start));
}

/** Classes of errors that the values of a statement can cause. All others would meet any values. */
const causedByValues = ['22', '23', '44', '54', 'P0'];

/** Returns true for an error of the database that says nothing about the values of the statement. */
export function isIndependentOfValues(error: unknown): boolean {
  if (!driverError(error)) return false;
  const state = sqlState(error);
  return !state || !causedByValues.includes(state.slice(0, 2));
}

const busyStates = new Set(['40001', '40P01', '53300', '53200', '53400', '55P03', '57014', '25P03', '25P04']);

/** Classes: no such prepared statement (a pooler forgot it), no access for the role, no such database, no resources, broken files. */
const unavailable = new Set(['26', '28', '3D', '53', '58', 'F0', 'XX']);

/** Returns the problem that a caller may see for a database error, or undefined when the error is a bug of the application. */
export function databaseProblem(error: unknown): Problem | undefined {
  if (error instanceof CommitOutcomeUnknown) return new OutcomeUnknown();
  if (!driverError(error)) return undefined;
  const state = sqlState(error);
  if (state && busyStates.has(state)) return new DatabaseBusy();
  if (!state || isConnectionLost(error) || unavailable.has(state.slice(0, 2)))
    return new DatabaseUnavailable();
  if (state === '23505' || state === '23503') return new ResourceConflict();
  if (state.startsWith('22') || state === '23514') return new ValueUnstorable();
  return undefined;
}
