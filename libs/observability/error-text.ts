import { sqlState } from '#libs/database';
import { Problem } from '#libs/problem';

/**
 * Returns an error as text that the log may hold. For a database error it is only the SQLSTATE, because Drizzle puts the
 * bound parameters into the message.
 */
export function describeError(error: unknown): string {
  const state = sqlState(error);
  if (state) return `SQLSTATE ${state}`;
  if (!(error instanceof Error)) return 'the thrown value is not an Error';
  return error instanceof Problem ? error.message : (error.stack ?? error.message);
}
