import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { type Binaries, postgresBinaries } from './binaries.js';
import { clusterIn, findHome, type Home, isInitialised } from './home.js';
import { initialise } from './initialise.js';
import { Lease } from './lease.js';
import {
  findServer,
  NotYet,
  readPassword,
  type Server,
  serverUrl,
  startServer,
  stopServer,
} from './server.js';

export interface EmbeddedPostgres {
  /** The application's database, as a role that owns it and nothing else. */
  url: string;
  /** The maintenance database, as superuser. */
  adminUrl: string;
  port: number;
  pid: number;
  /** The server was running already: another command uses it, or a launcher was killed. */
  reused: boolean;
  /** Settles when the server dies by itself. */
  lost: Promise<void>;
  /** Stops the server, unless another process still uses it. */
  stop: () => Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** The cluster's own directory, made when missing, never emptied. */
  dir: string;
  /** For tests: gives up durability (fsync) for speed. */
  fast?: boolean;
}

const DATABASE = 'mainstay';

/** Milliseconds; above the 60 s a start after a crash may take. */
const PATIENCE_MS = 90_000;
const PAUSE_MS = 200;

/**
 * A running PostgreSQL on the cluster in `dir`: makes it, starts it, or joins the one that runs, whatever state a crash left
 * behind. Throws an Error whose message says what to do.
 */
export async function ensurePostgres({
  dir,
  fast = false,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const home = findHome(dir);
  const binaries = postgresBinaries(home.account);
  if (!isInitialised(home.dir)) await initialise(home, binaries, fast);
  assertSameMajor(home, binaries);

  const password = readPassword(home);
  const { server, lease, reused } = await reach(home, binaries, fast);
  await createDatabase(lease.client, password);
  return {
    url: serverUrl(server.port, password, DATABASE, DATABASE),
    adminUrl: serverUrl(server.port, password),
    port: server.port,
    pid: server.pid,
    reused,
    lost: lease.lost,
    stop: () => lease.leave(() => stopServer(home, binaries)),
  };
}

/** Finds or starts the server and takes a lease on it; starts over while the cluster is in a passing state. */
async function reach(
  home: Home,
  binaries: Binaries,
  fast: boolean,
): Promise<{ server: Server; lease: Lease; reused: boolean }> {
  const deadline = Date.now() + PATIENCE_MS;
  let started = false;
  for (;;) {
    try {
      const server = await findServer(home);
      if (server) {
        return {
          server,
          lease: await Lease.take(serverUrl(server.port, readPassword(home))),
          reused: !started,
        };
      }
      await startServer(home, binaries, fast);
      started = true;
    } catch (error) {
      if (!isPassing(error) || Date.now() > deadline) throw error;
      await delay(PAUSE_MS);
    }
  }
}

/** Besides what the server says: the connection of the lease may be cut by another command's stop. */
function isPassing(error: unknown): boolean {
  if (error instanceof NotYet) return true;
  const { code = '', message } = error as { code?: string; message: string };
  return /^(57P0[123]|ECONNREFUSED|ECONNRESET)$/.test(code) || message.startsWith('Connection terminated');
}

function assertSameMajor(home: Home, binaries: Binaries): void {
  const cluster = readFileSync(join(clusterIn(home.dir), 'PG_VERSION'), 'utf8').trim();
  const [program] = binaries.version.split('.');
  if (cluster === program) return;
  throw new Error(
    `The embedded database in ${home.dir} was made by PostgreSQL ${cluster}, but PostgreSQL ${program} is installed now. ` +
      `Go back to the release that brings ${cluster} and dump it (pg_dump), or set DATA_DIR to a new directory.`,
  );
}

/** The application's role owns its database and is no superuser: what it may do here, it may do on a managed server. */
async function createDatabase(client: pg.Client, password: string): Promise<void> {
  // Two launchers at once: the lock of this name makes the second wait and then find everything.
  await client.query("SELECT pg_advisory_lock(hashtext('mainstay:create'))");
  const { rows } = await client.query<{ role: boolean; database: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role,
            EXISTS (SELECT FROM pg_database WHERE datname = $1) AS database`,
    [DATABASE],
  );
  if (!rows[0]?.role)
    await client.query(`CREATE ROLE ${DATABASE} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
  if (!rows[0]?.database)
    await client.query(`CREATE DATABASE ${DATABASE} OWNER ${DATABASE} ENCODING 'UTF8' TEMPLATE template0`);
  await client.query("SELECT pg_advisory_unlock(hashtext('mainstay:create'))");
}
