import pg from 'pg';
import { openDatabase } from '../postgres/local-database.js';

const ownHosts = /^(localhost|127\.\d+\.\d+\.\d+|::1|\/.*)$/;

/**
 * Opens the database of development for a command that must never touch another one. Throws in production, and for a server
 * that is not on this machine.
 */
export async function openOwnDatabase(
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<{ url: string; server: string; stop: () => Promise<void> }> {
  if (env.NODE_ENV === 'production')
    throw new Error(`${name} is for development, and NODE_ENV is production; nothing was changed`);
  const { url, stop } = await openDatabase(env);
  // The driver decides: the URL may name the host in a parameter, or leave it to PGHOST.
  const { host, port, database } = new pg.Client({ connectionString: url });
  if (ownHosts.test(host)) return { url, server: `${database} on ${host}:${port}`, stop };
  await stop();
  throw new Error(
    `${name} is for databases of this machine, and DATABASE_URL leads to ${host}; nothing was changed. Take the variable away to use the embedded database`,
  );
}
