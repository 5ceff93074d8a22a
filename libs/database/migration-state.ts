import { LATEST_SCHEMA_VERSION } from 'bullmq';
import type pg from 'pg';
import { type Migration, readMigrations } from './migration-files.js';

export interface AppliedMigration {
  name: string;
  hash: string;
  appliedAt: Date;
  /** Milliseconds. */
  duration: number;
  /** The release that applied it, when it gave its version. */
  appVersion: string | null;
}

export interface MigrationFault {
  name: string;
  kind: 'edited' | 'missing' | 'out-of-order';
  /** A sentence that states the contradiction, and one that says what to do. */
  detail: string;
}

export interface MigrationStatus {
  applied: AppliedMigration[];
  /** The names, in the order in which the files will be applied. */
  pending: string[];
  faults: MigrationFault[];
  /** The versions of BullMQ's own tables: in the database (0 when they do not exist) and in this release. */
  bullmq: { version: number; latest: number };
}

/** A database that does not have the schema which this release needs. */
export class NotMigrated extends Error {
  override readonly name = 'NotMigrated';
}

/** A contradiction between the files and the database. Only a person can decide which of them is right. */
export class MigrationsRefused extends Error {
  override readonly name = 'MigrationsRefused';
  constructor(readonly faults: MigrationFault[]) {
    super(`Nothing was migrated, because:\n${faults.map((fault) => `  - ${fault.detail}`).join('\n')}`);
  }
}

/** Compares the folder with the database. Changes nothing. */
export async function readState(
  client: pg.ClientBase,
  folder: string,
): Promise<MigrationStatus & { files: Migration[] }> {
  const files = await readMigrations(folder);
  const applied = await readLedger(client);
  const known = new Set(applied.map(({ name }) => name));
  return {
    files,
    applied,
    pending: files.map(({ name }) => name).filter((name) => !known.has(name)),
    faults: findFaults(files, applied),
    bullmq: { version: await bullmqVersion(client), latest: LATEST_SCHEMA_VERSION },
  };
}

/**
 * Throws {@link NotMigrated} unless the database has everything that this release needs. Apps call it when they start. A
 * database that is ahead is accepted: migrations only expand the schema, so an operator can roll back the code alone.
 */
export async function assertMigrated(client: pg.ClientBase, folder: string): Promise<void> {
  const { files, pending, faults, bullmq } = await readState(client, folder);
  const newest = files.at(-1)?.name ?? '';
  const wrong = faults.filter(({ kind, name }) => !(kind === 'missing' && name > newest));
  const missing = [
    ...pending.map((name) => `${name}.sql`),
    ...(bullmq.version < bullmq.latest ? ["BullMQ's tables"] : []),
  ];
  if (wrong.length === 0 && missing.length === 0) return;
  throw new NotMigrated(
    [
      ...wrong.map(({ detail }) => detail),
      ...(missing.length > 0 ? [`The database lacks ${missing.join(', ')}. Run: npm run db:migrate`] : []),
    ].join('\n'),
  );
}

async function readLedger(client: pg.ClientBase): Promise<AppliedMigration[]> {
  if (!(await exists(client, 'schema_migrations'))) return [];
  const { rows } = await client.query<AppliedMigration>(
    `SELECT name, hash, applied_at AS "appliedAt", duration_ms AS duration, app_version AS "appVersion"
       FROM schema_migrations ORDER BY name COLLATE "C"`,
  );
  return rows;
}

async function bullmqVersion(client: pg.ClientBase): Promise<number> {
  if (!(await exists(client, 'bullmq.migration'))) return 0;
  const { rows } = await client.query<{ version: number }>(
    'SELECT coalesce(max(version), 0)::int AS version FROM bullmq.migration',
  );
  return rows[0]?.version ?? 0;
}

async function exists(client: pg.ClientBase, table: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
    table,
  ]);
  return rows[0]?.there === true;
}

function findFaults(files: Migration[], applied: AppliedMigration[]): MigrationFault[] {
  const hashes = new Map(applied.map(({ name, hash }) => [name, hash]));
  const names = new Set(files.map(({ name }) => name));
  const last = applied.at(-1)?.name ?? '';
  const edited = files
    .filter(({ name, hash }) => hashes.has(name) && hashes.get(name) !== hash)
    .map(({ name }) => ({
      name,
      kind: 'edited' as const,
      detail: `${name}.sql was edited after it had been applied. Put its old content back and write a new migration for the change; a database of development can start over: npm run db:reset.`,
    }));
  const missing = applied
    .filter(({ name }) => !names.has(name))
    .map(({ name }) => ({
      name,
      kind: 'missing' as const,
      detail: `${name}.sql was applied to this database but is not in the folder. Put the file back, or migrate with the release that has it; a database of development can start over: npm run db:reset.`,
    }));
  const outOfOrder = files
    .filter(({ name }) => !hashes.has(name) && name < last)
    .map(({ name }) => ({
      name,
      kind: 'out-of-order' as const,
      detail: `${name}.sql is not applied, but sorts before ${last}.sql, which is. Give it a number after that one: npm run db:generate -- --replace.`,
    }));
  return [...edited, ...missing, ...outOfOrder];
}
