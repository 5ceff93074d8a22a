import { execFile } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort, isFree } from '../machine/ports.js';
import type { Binaries } from './binaries.js';
import { clusterIn, type Home } from './home.js';
import { serverEnvironment, SUPERUSER } from './initialise.js';

export interface Server {
  port: number;
  pid: number;
}

/** Something that passes by itself: the server is starting, stopping, or its predecessor's memory is not yet released. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
}

/** Seconds pg_ctl waits. A start after a crash replays the log first. */
const START_SECONDS = 60;
/** Seconds. A fast shutdown ends every session at once and writes a checkpoint. */
const STOP_SECONDS = 30;
/** Bytes after which the server's log begins anew at the next start. */
const MAX_LOG_BYTES = 10 * 1024 * 1024;

const logFile = (home: Home) => join(home.dir, 'server.log');

export const readPassword = (home: Home) => readFileSync(join(home.dir, 'password'), 'utf8').trim();

/** A superuser's URL; `database` is the maintenance database by default. */
export const serverUrl = (port: number, password: string, database = 'postgres', user = SUPERUSER) =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;

/**
 * The server that runs on this cluster, whoever started it. postmaster.pid alone proves nothing (it survives kill -9, and its
 * process id may be somebody else's by now), so the server is asked which cluster it serves. Throws {@link NotYet}.
 */
export async function findServer(home: Home): Promise<Server | undefined> {
  const file = join(clusterIn(home.dir), 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  // Lines of postmaster.pid (pidfile.h): process id, data directory, start time, port, …
  const [pid, , , port] = readFileSync(file, 'utf8').split('\n').map(Number);
  if (!pid || !port) return undefined;
  const client = new pg.Client({
    connectionString: serverUrl(port, readPassword(home)),
    connectionTimeoutMillis: 5000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ dir: string }>("SELECT current_setting('data_directory') AS dir");
    return rows[0]?.dir === realpathSync(clusterIn(home.dir)) ? { pid, port } : undefined;
  } catch (error) {
    // 57P03: cannot connect now; 57P01: admin shutdown (PostgreSQL manual, appendix A).
    const { code } = error as { code?: string };
    if (code === '57P03' || code === '57P01')
      throw new NotYet('The embedded database is starting or stopping.');
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Starts the server in a session of its own (pg_ctl does that), so that a Ctrl-C meant for the apps does not end it first. */
export async function startServer(home: Home, binaries: Binaries, fast: boolean): Promise<void> {
  const port = await choosePort(home);
  if (existsSync(logFile(home)) && statSync(logFile(home)).size > MAX_LOG_BYTES) rmSync(logFile(home));
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    // TCP only: a socket would need a directory that every account may write to and whose path is short enough.
    'unix_socket_directories=',
    'max_connections=200',
    'timezone=UTC',
    ...(fast ? ['fsync=off', 'full_page_writes=off'] : []),
  ];
  const options = settings.map((setting) => `-c ${setting}`).join(' ');
  await pgCtl(home, binaries, [
    'start',
    '-w',
    '-t',
    String(START_SECONDS),
    '-l',
    logFile(home),
    '-o',
    options,
  ]);
}

/** Ends every session, writes everything down, and returns when the server is gone. */
export async function stopServer(home: Home, binaries: Binaries): Promise<void> {
  await pgCtl(home, binaries, ['stop', '-w', '-t', String(STOP_SECONDS), '-m', 'fast']);
}

async function pgCtl(home: Home, binaries: Binaries, args: string[]): Promise<void> {
  const logged = existsSync(logFile(home)) ? statSync(logFile(home)).size : 0;
  try {
    await promisify(execFile)(binaries.pgCtl, [...args, '-D', clusterIn(home.dir)], {
      ...home.account,
      cwd: '/',
      env: serverEnvironment,
    });
  } catch (error) {
    const log = existsSync(logFile(home))
      ? readFileSync(logFile(home)).subarray(logged).toString().trim()
      : '';
    const text = `${(error as { stderr?: string }).stderr ?? ''}${log}`;
    if (
      /pre-existing shared memory block|lock file ".*" already exists|another server might be running|Address already in use/.test(
        text,
      )
    ) {
      throw new NotYet(text);
    }
    throw new Error(
      `The embedded database in ${home.dir} did not ${args[0]}:\n${log || (error as Error).message}\n` +
        `Its log is ${logFile(home)}. Mend what it says, or set DATABASE_URL to a server of your own.`,
    );
  }
}

/** The port of the first start, as long as nobody else took it, so that a URL somebody wrote down stays right. */
async function choosePort(home: Home): Promise<number> {
  const file = join(home.dir, 'port');
  const kept = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (kept && (await isFree(kept))) return kept;
  const port = await freePort();
  writeFileSync(file, `${port}\n`);
  return port;
}
