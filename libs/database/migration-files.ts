import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Migration {
  /** File name without `.sql`, for example `0007_api_keys`; the order of names is the order of application. */
  name: string;
  /** SHA-256 of the content, hexadecimal. */
  hash: string;
  statements: string[];
  /** False for files whose first line is `-- no-transaction` (CREATE INDEX CONCURRENTLY and the like). */
  transactional: boolean;
}

/** drizzle-kit's name for a file: a running number, then words. */
const namePattern = /^\d{4}_\w+$/;

/** What drizzle-kit writes between two statements. */
const breakpoint = '--> statement-breakpoint';

/** Reads every migration in the folder, in order. Throws when there is no folder or a name breaks the order. */
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
      `${stray}.sql is no name for a migration: use four digits, "_" and words, for example 0007_api_keys.sql.`,
    );
  return names;
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  // git may check files out with CRLF; that is not an edit.
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
