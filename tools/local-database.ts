import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePostgres } from './embedded-postgres.js';
import { dataDirOf, secretOf } from './environment.js';

export interface LocalDatabase {
  url: string;
  /** Only an embedded server can be lost and started again by us. */
  embedded: boolean;
  /** Settles when the embedded server dies by itself; never, for a server of somebody else. */
  lost: Promise<void>;
  stop: () => Promise<void>;
}

/** Where migrations are; every command runs in the repository's root. */
export const MIGRATIONS = 'drizzle';

export const appVersion = () =>
  (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;

/** The database the environment names, else the embedded one of the data directory (started if need be). */
export async function openDatabase(env: NodeJS.ProcessEnv): Promise<LocalDatabase> {
  const url = secretOf(env, 'DATABASE_URL');
  if (url) return { url, embedded: false, lost: new Promise(() => {}), stop: async () => {} };
  if (env.NODE_ENV === 'production') {
    throw new Error(
      'DATABASE_URL is missing. In production it must name the database; the embedded one is for development.',
    );
  }
  const { url: embeddedUrl, lost, stop } = await ensurePostgres({ dir: join(dataDirOf(env), 'postgres') });
  return { url: embeddedUrl, embedded: true, lost, stop };
}
