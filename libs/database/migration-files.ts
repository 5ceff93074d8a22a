import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Migration {
  /** The file name without `.sql`, for example `0007_api_keys`. Files are applied in the order of their names. */
  name: string;
  /** SHA-256 of the content, hexadecimal. */
  hash: string;
  statements: string[];
  /** False for a file whose first line is `-- no-transaction` (CREATE INDEX CONCURRENTLY needs it, for example). */
  transactional: boolean;
}

/** The file names of drizzle-kit: a running number, then words. */
const namePattern = /^\d{4}_\w+$/;

/** The line that drizzle-kit writes between two statements. */
const breakpoint = '--> statement-breakpoint';

/** Reads every migration in the folder, in order. Throws when the folder does not exist or a name has no number. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await listSqlFiles(folder)).sort();
  return Promise.all(names.map((name) => readMigration(folder, name)));
}

async function listSqlFiles(folder: string): Promise<string[]> {
  let files: string[];
  try {
    files = await readdir(folder);
  } catch (error) {
    throw new Error(`The migrations in ${folder} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  const names = files.filter((file) => file.endsWith('.sql')).map((file) => file.slice(0, -'.sql'.length));
  const stray = names.find((name) => !namePattern.test(name));
  if (stray)
    throw new Error(
      `${stray}.sql is not a valid name for a migration: use four digits, "_" and words, for example 0007_api_keys.sql.`,
    );
  return names;
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  // Git may check files out with CRLF, which is not an edit.
  const text = (await readFile(join(folder, `${name}.sql`), 'utf8')).replaceAll('\r\n', '\n');
  return {
    name,
    hash: createHash('sha256').update(text).digest('hex'),
    statements: text
      .split(breakpoint)
      .map((statement) => statement.trim())
      .filter(Boolean),
    transactional: !/^-- no-transaction\s*(\n|$)/.test(text),
  };
}
