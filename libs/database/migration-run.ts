import type pg from 'pg';
import type { Migration } from './migration-files.js';

/** A statement of a migration that the server refused. The message names the file and the statement, never values. */
class MigrationFailed extends Error {
  override readonly name = 'MigrationFailed';
  constructor(
    message: string,
    /** The SQLSTATE (PostgreSQL manual, appendix A), when the server answered. */
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

/** Returns true when a lock was not granted within `lock_timeout`: another attempt may find the table free. */
export const isLockTimeout = (error: unknown) => (error as { code?: string }).code === '55P03';

/** Runs one file and records it, in one transaction or, when the file asks for that, statement by statement. */
export async function applyMigration(client: pg.Client, file: Migration, appVersion?: string): Promise<void> {
  const started = Date.now();
  const record = () =>
    client.query(
      'INSERT INTO schema_migrations (name, hash, duration_ms, app_version) VALUES ($1, $2, $3, $4)',
      [file.name, file.hash, Date.now() - started, appVersion ?? null],
    );
  if (!file.transactional) {
    await dropBrokenIndexes(client, file);
    await runStatements(client, file);
    await record();
    return;
  }
  await client.query('BEGIN');
  try {
    await runStatements(client, file);
    await record();
    await client.query('COMMIT');
  } catch (error) {
    // When the connection is gone there is nothing to roll back, and the first error is the one to report.
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function runStatements(client: pg.Client, file: Migration): Promise<void> {
  for (const [index, statement] of file.statements.entries()) {
    try {
      await client.query(statement);
    } catch (error) {
      throw failure(file, index, error as Partial<pg.DatabaseError>);
    }
  }
}

/** Builds the error without the server's `detail`, which quotes rows. */
function failure(
  file: Migration,
  index: number,
  { code, message }: Partial<pg.DatabaseError>,
): MigrationFailed {
  const statement = `${file.name}.sql, statement ${index + 1} of ${file.statements.length}`;
  return new MigrationFailed(
    `${statement}, failed: ${message}${code ? ` (SQLSTATE ${code})` : ''}. ${advice(file, code)}`,
    code,
  );
}

function advice({ transactional }: Migration, code: string | undefined): string {
  if (code === '55P03') {
    return 'A long transaction holds a table that the migration needs. Find it in pg_stat_activity (order by xact_start), end it, and migrate again.';
  }
  return transactional
    ? 'Nothing of this file was kept. Fix the file and migrate again.'
    : 'The statements before it are kept, because this file runs without a transaction: make each of its statements repeatable (IF NOT EXISTS), and migrate again.';
}

const concurrentIndex = /\bINDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:"([^"]+)"|(\w+))/gi;

/** Drops the invalid index that an interrupted CREATE INDEX CONCURRENTLY leaves: IF NOT EXISTS would take it for the real one. */
async function dropBrokenIndexes(client: pg.Client, file: Migration): Promise<void> {
  const names = file.statements
    .filter((statement) => /\bCREATE\s+(UNIQUE\s+)?INDEX\b/i.test(statement))
    .flatMap((statement) =>
      [...statement.matchAll(concurrentIndex)].map(([, quoted, bare]) => quoted ?? bare?.toLowerCase()),
    );
  const { rows } = await client.query<{ index: string }>(
    `SELECT c.oid::regclass::text AS index FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE NOT i.indisvalid AND c.relname = ANY ($1)`,
    [names],
  );
  for (const { index } of rows) await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${index}`);
}
