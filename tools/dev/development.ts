import { withDevelopmentSecrets } from '../machine/environment.js';
import { openDatabase } from '../postgres/local-database.js';

/**
 * The environment with what a developer should not have to bring: secrets, and a database until `close` is called. Production
 * brings its own, and gets nothing.
 */
export async function openDevelopment(
  given: NodeJS.ProcessEnv,
): Promise<{ env: NodeJS.ProcessEnv; close: () => Promise<void> }> {
  if (given.NODE_ENV === 'production') return { env: given, close: async () => {} };
  const env = withDevelopmentSecrets(given);
  const { variables, stop } = await openDatabase(given);
  return { env: { ...env, ...variables }, close: stop };
}
