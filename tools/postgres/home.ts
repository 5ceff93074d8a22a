import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeFolder } from '../machine/folder.js';
import { type Account, accountOf, canReach, isRoot, serverAccount } from './account.js';

/** Where root's clusters and programs go when the server's account cannot enter the place they should be in. */
const SHARED_DIR = '/var/lib/mainstay';

/** Makes {@link SHARED_DIR}; making it alone would follow root's umask and might keep the server's account out. */
export function sharedDirectory(): string {
  makeFolder(SHARED_DIR);
  chmodSync(SHARED_DIR, 0o755);
  return SHARED_DIR;
}

export interface Home {
  /** Holds `data` (the cluster), `password`, `port` and `server.log`. */
  dir: string;
  account: Account;
}

export const clusterIn = (home: string) => join(home, 'data');

/** True when a whole cluster is there; a half-made one never gets this name. */
export const isInitialised = (home: string) => existsSync(join(clusterIn(home), 'PG_VERSION'));

/** Finds the place of the cluster of `wanted`, or decides on it. An existing cluster always wins: its data must not seem lost. */
export function findHome(wanted: string): Home {
  const dir = resolve(wanted);
  if (isInitialised(dir)) return existing(dir);
  const signpost = `${dir}.location`;
  if (existsSync(signpost)) return elsewhere(signpost);

  const account = serverAccount();
  makeFolder(dirname(dir));
  if (!isRoot || canReach(account, [dirname(dir)])) return { dir, account };

  // A name of its own: a later clone in the same place must not come upon this one's data without its secrets.
  const far = join(sharedDirectory(), randomBytes(8).toString('hex'));
  writeFileSync(signpost, signpostText(far), { mode: 0o600 });
  return { dir: far, account };
}

function existing(dir: string): Home {
  const account = accountOf(clusterIn(dir));
  if (canReach(account, [clusterIn(dir)])) return { dir, account };
  throw new Error(
    `The embedded database is in ${dir}, which its account (id ${account.uid}) cannot enter any more. ` +
      'Give the directories above it back their permission to enter (chmod o+x), or move the clone back to where it was.',
  );
}

function elsewhere(signpost: string): Home {
  const dir = readFileSync(signpost, 'utf8').trim().split('\n').at(-1) ?? '';
  if (isInitialised(dir)) return existing(dir);
  if (dir.startsWith(`${sharedDirectory()}/`)) return { dir, account: serverAccount() };
  throw new Error(
    `${signpost} does not name a directory under ${SHARED_DIR}. Mend its last line, or delete it to begin anew.`,
  );
}

const signpostText = (dir: string) =>
  `The embedded database of this installation is in the directory that the last line names. PostgreSQL refuses to run as
root, and the account it runs as cannot enter the directory of this file. Keep this file: without it Mainstay would
begin with an empty database.
${dir}
`;
