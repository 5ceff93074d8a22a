import { sqlState } from '#libs/database';
import { Problem } from '#libs/problem';

/**
 * One error as text that the log may hold. Drizzle puts the bound parameters into its message, so of a database error only the
 * SQLSTATE is given.
 */
export function describeError(error: unknown): string {
  const state = sqlState(error);
  if (state) return `SQLSTATE ${state}`;
  if (!(error instanceof Error)) return 'something that is no Error was thrown';
  return error instanceof Problem ? error.message : (error.stack ?? error.message);
}
