import { types } from 'node:util';
import { defineProblem, type Problem } from '#libs/problem';

const { isNativeError } = types;

class DatabaseUnavailable extends defineProblem({
  kind: 'unavailable',
  code: 'database.unavailable',
  title: 'The database cannot be reached',
  help: 'Send the same request again after the seconds that Retry-After names; a change with the same Idempotency-Key, so that it happens once.',
}) {}

class DatabaseBusy extends defineProblem({
  kind: 'unavailable',
  code: 'database.busy',
  title: 'The database is too busy',
  help: 'A lock, a connection or an answer took too long. Send the request again after the seconds that Retry-After names; a change with the same Idempotency-Key, so that it happens once.',
}) {}

class OutcomeUnknown extends defineProblem({
  kind: 'unavailable',
  code: 'database.outcome-unknown',
  title: 'It is not known whether the change was made',
  help: 'The connection to the database broke at the last moment. Read the resource to see, or repeat the request with the same Idempotency-Key.',
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

/** The connection broke while COMMIT was under way: the work is either wholly stored or not at all. */
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

/** Messages of pg and pg-pool for faults that carry no code. */
const connectionMessages =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|connection error and is not queryable|Client was closed|Cannot use a pool after/i;

interface DriverError {
  code?: string;
  message?: string;
  cause?: unknown;
}

/** Errors of the network look alike whoever it was that could not be reached. These came from the database. */
const raised = new WeakSet<object>();

/** Notes that an error came from the database, and returns it. */
export function fromDatabase<T>(error: T): T {
  if (isNativeError(error)) raised.add(error);
  return error;
}

/** The driver's own error: Drizzle wraps it, with the bound parameters in the wrapper's message. */
function driverError(error: unknown): DriverError | undefined {
  // Not instanceof: an error may come from another realm, for example a test runner's.
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

/** The five-character SQLSTATE (PostgreSQL manual, appendix A) behind an error, if the server raised it. */
export function sqlState(error: unknown): string | undefined {
  const code = driverError(error)?.code;
  return code && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** True when another attempt of the same transaction may succeed: serialization failure or deadlock. */
export function isRetryable(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

/** True when the connection itself is gone or in an unknown state and must not be used again. */
export function isConnectionLost(error: unknown): boolean {
  const cause = driverError(error);
  if (!cause) return false;
  const state = sqlState(error);
  if (!state) return true;
  return state.startsWith('08') || state.startsWith('57P') || state === '25P03' || state === '25P04';
}

const busyStates = new Set(['40001', '40P01', '53300', '53200', '53400', '55P03', '57014', '25P03', '25P04']);

/** Maps a database error to what a caller may know; nothing when it is a bug of ours. */
export function databaseProblem(error: unknown): Problem | undefined {
  if (error instanceof CommitOutcomeUnknown) return new OutcomeUnknown();
  if (!driverError(error)) return undefined;
  const state = sqlState(error);
  if (state && busyStates.has(state)) return new DatabaseBusy();
  if (!state || isConnectionLost(error) || state.startsWith('53') || state.startsWith('58'))
    return new DatabaseUnavailable();
  if (state === '23505' || state === '23503') return new ResourceConflict();
  if (state.startsWith('22') || state === '23514') return new ValueUnstorable();
  return undefined;
}
