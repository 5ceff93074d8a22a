import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

/** Whom the server runs as. Empty: ourselves. */
export interface Account {
  uid?: number;
  gid?: number;
}

/** The account that a cluster made by root runs under: PostgreSQL refuses to run as root. */
const ACCOUNT_NAME = 'postgres';

export const isRoot = process.getuid?.() === 0;

/** The account for a new cluster. Throws with a sentence when root has none to hand over to. */
export function serverAccount(): Account {
  if (!isRoot) return {};
  const known = lookUp(ACCOUNT_NAME);
  if (known) return known;
  const made = spawnSync(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', ACCOUNT_NAME],
    {
      encoding: 'utf8',
    },
  );
  const account = lookUp(ACCOUNT_NAME);
  if (account) return account;
  throw new Error(
    `PostgreSQL refuses to run as root, and the account "${ACCOUNT_NAME}" could not be made (${made.error?.message ?? made.stderr.trim()}). ` +
      'Start Mainstay as an ordinary user, make that account, or set DATABASE_URL to a server of your own.',
  );
}

/** A cluster belongs to whoever made it; only that account may run it. */
export function accountOf(directory: string): Account {
  const { uid, gid } = statSync(directory);
  if (!isRoot) {
    if (uid !== process.getuid?.()) {
      throw new Error(
        `The embedded database in ${directory} belongs to another user (id ${uid}). ` +
          'Start Mainstay as that user, or set DATA_DIR to a directory of your own.',
      );
    }
    return {};
  }
  return uid === 0 ? serverAccount() : { uid, gid };
}

/** True when the account can get to all of these paths; asked of the system, because parents, groups and ACLs all count. */
export function canReach(account: Account, paths: string[]): boolean {
  if (account.uid === undefined) return true;
  const script = 'for path; do test -r "$path" && test -x "$path" || exit 1; done';
  return (
    spawnSync('/bin/sh', ['-c', script, 'sh', ...paths], { ...account, cwd: '/', stdio: 'ignore' }).status ===
    0
  );
}

function lookUp(name: string): Required<Account> | undefined {
  const id = (flag: string) =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
