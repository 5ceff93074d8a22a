import { join } from 'node:path';
import { loadSecret } from '#libs/config';
import { dataDirOf, hasSecret } from '../machine/environment.js';
import { ensurePostgres } from './embedded-postgres.js';

export interface LocalDatabase {
  url: string;
  /** Variables by which a process finds it; none where the environment names it already. */
  variables: { DATABASE_URL?: string };
  /** Settles when the embedded server dies by itself; never, for a server of somebody else. */
  lost: Promise<void>;
  stop: () => Promise<void>;
}

/** The database the environment names, else the embedded one of the data directory (started if need be). */
export async function openDatabase(env: NodeJS.ProcessEnv): Promise<LocalDatabase> {
  if (hasSecret(env, 'DATABASE_URL')) {
    const url = loadSecret(env, 'DATABASE_URL');
    return { url, variables: {}, lost: new Promise(() => {}), stop: async () => {} };
  }
  const { url, lost, stop } = await ensurePostgres({ dir: join(dataDirOf(env), 'postgres') });
  return { url, variables: { DATABASE_URL: url }, lost, stop };
}
