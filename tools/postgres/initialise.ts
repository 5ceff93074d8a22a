import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { removeFolder } from '../machine/folder.js';
import type { Binaries } from './binaries.js';
import { clusterIn, type Home, isInitialised } from './home.js';

export const SUPERUSER = 'postgres';

/** The environment of PostgreSQL's programs: none of our secrets, and messages in the language this code reads. */
export const serverEnvironment = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' };

/**
 * Makes the cluster. It is made under another name and renamed when it is whole, so that a process killed half-way leaves
 * nothing that looks like a database. When two do it at once, the first wins and the other uses its cluster.
 */
export async function initialise(home: Home, binaries: Binaries, fast: boolean): Promise<void> {
  await removeAbandoned(home.dir);
  const fresh = mkdtempSync(`${home.dir}.init-${process.pid}-`);
  const passwordFile = join(fresh, 'password');
  writeFileSync(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  own(home, [fresh, passwordFile]);
  try {
    await initdb(home, binaries, fresh, fast);
    renameSync(fresh, home.dir);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!isInitialised(home.dir)) throw error;
  }
}

async function initdb(home: Home, binaries: Binaries, fresh: string, fast: boolean): Promise<void> {
  const args = [
    `--pgdata=${clusterIn(fresh)}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${join(fresh, 'password')}`,
    '--auth=scram-sha-256',
    // Without these the encoding follows the environment, SQL_ASCII in the worst case; the builtin provider sorts alike everywhere.
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(fast ? ['--no-sync', '--set=scram_iterations=1'] : []),
  ];
  try {
    await promisify(execFile)(binaries.initdb, args, { ...home.account, cwd: '/', env: serverEnvironment });
  } catch (error) {
    const { stderr, message, code } = error as { stderr?: string; message: string; code?: string };
    const advice =
      code === 'EPERM'
        ? 'This root may not switch users; start Mainstay as an ordinary user'
        : 'Mend that, or set DATABASE_URL to a server of your own';
    throw new Error(
      `The embedded database could not be made in ${home.dir}: ${(stderr || message).trim()}\n${advice}.`,
    );
  }
}

function own({ account }: Home, paths: string[]): void {
  if (account.uid === undefined || account.gid === undefined) return;
  for (const path of paths) chownSync(path, account.uid, account.gid);
}

/** Directories of attempts whose process is gone. They were never a database, so nothing is lost with them. */
async function removeAbandoned(home: string): Promise<void> {
  const parent = dirname(home);
  const prefix = `${basename(home)}.init-`;
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(prefix) || isAlive(Number.parseInt(name.slice(prefix.length), 10))) continue;
    // An initdb that outlived its launcher may still write there. It fails then, and removes what it has made.
    await removeFolder(join(parent, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
