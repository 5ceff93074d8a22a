import { setTimeout as delay } from 'node:timers/promises';
import { runMigrations } from 'bullmq';
import pg from 'pg';
import type { Migration } from './migration-files.js';
import { applyMigration, isLockTimeout } from './migration-run.js';
import { assertSession } from './session.js';
import { MigrationsRefused, type MigrationStatus, readState } from './migration-state.js';

export interface MigrateOptions {
  connectionString: string;
  /** The directory of the `NNNN_name.sql` files. */
  folder: string;
  /** Called with one line for each step. */
  log?: (line: string) => void;
  /** The release, which is stored with each migration that it applies. */
  appVersion?: string;
  /** Milliseconds to wait for another migration to end. */
  waitMs?: number;
}

/** Five minutes: longer than a concurrent migration should take, and shorter than the timeout of a deployment. */
const WAIT_MS = 300_000;
const POLL_MS = 250;

/** The lock on which concurrent deployments, starts and operators agree: one for each database. */
const LOCK = "hashtextextended('mainstay:migrate', 0)";

/** The time that a DDL statement may queue for its table lock: all other users of the table queue behind it. */
const LOCK_TIMEOUT = '3s';
/** Ten times 3 s, and the pauses between: a busy table delays a deployment for a minute at most, then the migration fails. */
const LOCK_ATTEMPTS = 10;
const RETRY_PAUSE_MS = 2000;

/** Longer than any DDL should take. It overrides a short limit of the role, and unlike no limit it ends a statement that hangs. */
const STATEMENT_TIMEOUT = '15min';

/** PostgreSQL 15, as `server_version_num` writes it. */
const OLDEST_SERVER = 150_000;

/** The time after which the server notices that a migrating process died, rolls back and frees the lock. */
const DEAD_CLIENT_CHECK = '1s';

/**
 * Applies the pending files, each in one transaction, and then BullMQ's own migrations. Any number of processes may call it
 * at once: one works, the others wait and then find nothing to do. Throws {@link MigrationsRefused} when the files and the
 * database contradict each other, otherwise an Error that names the file and what to do. Files applied before stay applied.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  const { folder, log = () => {}, waitMs = WAIT_MS } = options;
  await withSession(options.connectionString, async (client) => {
    await assertSession(client, options.connectionString);
    await takeLock(client, waitMs, log);
    const { files, pending, faults, bullmq } = await readState(client, folder);
    if (faults.length > 0) throw new MigrationsRefused(faults);
    await createLedger(client);
    for (const file of files.filter(({ name }) => pending.includes(name))) {
      await applyWithRetry(client, file, options, log);
    }
    if (bullmq.version < bullmq.latest) {
      await retryOnBusyLock(
        () => runMigrations(client),
        (line) => log(`BullMQ's tables: ${line}`),
      );
      log(`migrated BullMQ's tables to version ${bullmq.latest}`);
    }
  });
}

/** Returns which migrations are applied, which are pending, and which are wrong. Changes nothing. */
export async function migrationStatus(options: {
  connectionString: string;
  folder: string;
}): Promise<MigrationStatus> {
  return withSession(options.connectionString, async (client) => {
    const { applied, pending, faults, bullmq } = await readState(client, options.folder);
    return { applied, pending, faults, bullmq };
  });
}

/** Runs work on a separate connection: the locks and settings of a session must not come from a pool, or go back to one. */
async function withSession<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString,
    application_name: 'mainstay-migrate',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // A cut connection fails the current statement. Without a listener it would also end the process.
  client.on('error', () => {});
  await client.connect().catch((error: unknown) => Promise.reject(unreachable(client, error)));
  try {
    await assertSupported(client);
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Returns an error that names the server, but neither the role nor its password. */
function unreachable({ host, port, database }: pg.Client, error: unknown): Error {
  const { code, message } = (error instanceof AggregateError ? error.errors[0] : error) as {
    code?: string;
    message: string;
  };
  return new Error(
    `The database ${database ?? ''} on ${host}:${port} cannot be reached: ${message || code}. Check DATABASE_URL and that the server runs.`,
  );
}

async function assertSupported(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string; number: number }>(
    "SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number",
  );
  const [server] = rows;
  if (server && server.number < OLDEST_SERVER) {
    throw new Error(`The database server is PostgreSQL ${server.version}; Mainstay needs 15 or newer.`);
  }
}

/** Polls for the lock. A session that waited in the server would block CREATE INDEX CONCURRENTLY of the session that migrates. */
async function takeLock(client: pg.Client, waitMs: number, log: (line: string) => void): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (let told = false; ; told = true) {
    const { rows } = await client.query<{ taken: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS taken`);
    if (rows[0]?.taken) break;
    if (Date.now() >= deadline) {
      throw new Error(
        `Another migration of this database has been running for more than ${Math.round(waitMs / 1000)} s (${await lockHolder(client)}). ` +
          'Wait until it is done and run this again, or end it with SELECT pg_terminate_backend(<process>).',
      );
    }
    if (!told) log('waiting for another migration to end');
    await delay(POLL_MS);
  }
  await client.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
  await client.query(`SET statement_timeout = '${STATEMENT_TIMEOUT}'`);
  await client.query(`SET client_connection_check_interval = '${DEAD_CLIENT_CHECK}'`);
}

async function lockHolder(client: pg.Client): Promise<string> {
  // pg_locks shows the two halves of a bigint advisory lock as classid and objid (PostgreSQL manual, pg_locks).
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pid FROM pg_locks
      WHERE locktype = 'advisory' AND granted AND objsubid = 1
        AND ((classid::bigint << 32) | objid::bigint) = ${LOCK}
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return rows[0] ? `database process ${rows[0].pid}` : 'it has just ended';
}

async function createLedger(client: pg.Client): Promise<void> {
  await client.query(
    `CREATE TABLE IF NOT EXISTS schema_migrations (
       name text PRIMARY KEY,
       hash text NOT NULL,
       applied_at timestamptz NOT NULL DEFAULT now(),
       duration_ms integer NOT NULL,
       app_version text
     )`,
  );
}

async function applyWithRetry(
  client: pg.Client,
  file: Migration,
  { appVersion }: MigrateOptions,
  log: (line: string) => void,
): Promise<void> {
  const started = Date.now();
  await retryOnBusyLock(
    () => applyMigration(client, file, appVersion),
    (line) => log(`${file.name}.sql: ${line}`),
  );
  log(`applied ${file.name}.sql in ${Date.now() - started} ms`);
}

async function retryOnBusyLock(work: () => Promise<unknown>, log: (line: string) => void): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isLockTimeout(error) || attempt === LOCK_ATTEMPTS) throw error;
      log(`a table is in use; trying again (${attempt} of ${LOCK_ATTEMPTS - 1})`);
      // The jitter keeps the attempts out of step with a process that takes the lock regularly.
      await delay(RETRY_PAUSE_MS * (0.5 + Math.random()));
    }
  }
}
