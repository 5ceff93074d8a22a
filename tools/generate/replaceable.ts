import { readFile, rm, writeFile } from 'node:fs/promises';
import type { generateMigration } from 'drizzle-kit/api';
import { unreleasedMigrations } from './unreleased.js';

interface Entry {
  idx: number;
  /** The name of the file without `.sql`. */
  tag: string;
}

interface Journal {
  entries: Entry[];
}

type Snapshot = Parameters<typeof generateMigration>[0];

export const journalPath = 'drizzle/meta/_journal.json';
const sqlOf = ({ tag }: Entry) => `drizzle/${tag}.sql`;
const snapshotOf = ({ idx }: Entry) => `drizzle/meta/${String(idx).padStart(4, '0')}_snapshot.json`;

const journal = async () => JSON.parse(await readFile(journalPath, 'utf8')) as Journal;

/**
 * Returns the last migrations that can be written anew: this branch alone has them, and nobody wrote into them by hand. Throws
 * with what to do instead when there is none.
 */
export async function replaceableMigrations(): Promise<Entry[]> {
  const { entries } = await journal();
  const unreleased = unreleasedMigrations(entries.map(({ tag }) => `${tag}.sql`));
  const write = 'npm run db:generate -- --name what_it_does';
  if (!unreleased)
    throw new Error(
      `git does not tell which migrations are new on this branch (there is no main, master or origin). Write a new one: ${write}`,
    );
  const found: Entry[] = [];
  for (const [index, entry] of [...entries.entries()].toReversed()) {
    if (!unreleased.includes(`${entry.tag}.sql`) || !(await isGenerated(entry, entries[index - 1]))) break;
    found.unshift(entry);
  }
  if (found.length > 0) return found;
  const last = entries.at(-1);
  throw new Error(
    last && unreleased.includes(`${last.tag}.sql`)
      ? `${sqlOf(last)} was written or edited by hand, which would be lost. Keep it, and write a new one for the change: ${write}`
      : `this branch has no migration of its own that could be replaced. Write one: ${write}`,
  );
}

/** Takes migrations away, and returns a function that puts them back. */
export async function takeAway(entries: readonly Entry[]): Promise<() => Promise<void>> {
  const paths = [journalPath, ...entries.map(sqlOf), ...entries.map(snapshotOf)];
  const before = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  const { entries: all, ...rest } = await journal();
  const kept = all.slice(0, all.length - entries.length);
  await writeFile(journalPath, JSON.stringify({ ...rest, entries: kept }, null, 2));
  for (const path of paths.slice(1)) await rm(path);
  return async () => {
    for (const [index, path] of paths.entries()) await writeFile(path, before[index]!);
  };
}

/** True for a file that holds just what Drizzle makes of the two snapshots. One without any change is made to be filled by hand. */
async function isGenerated(entry: Entry, previous: Entry | undefined): Promise<boolean> {
  const [text, after, before] = await Promise.all([
    readFile(sqlOf(entry), 'utf8'),
    snapshot(entry),
    previous ? snapshot(previous) : nothing,
  ]);
  // Three megabytes that only this needs.
  const drizzle = await import('drizzle-kit/api');
  return isSame(text.split('--> statement-breakpoint'), await drizzle.generateMigration(before, after));
}

const isSame = (some: string[], others: string[]) => {
  const [one, other] = [some, others].map((statements) => statements.map((statement) => statement.trim()));
  return one!.filter(Boolean).join() === other!.join();
};

const snapshot = async (entry: Entry) => JSON.parse(await readFile(snapshotOf(entry), 'utf8')) as Snapshot;

/** The snapshot before the first migration. */
const nothing: Snapshot = {
  id: '00000000-0000-0000-0000-000000000000',
  prevId: '',
  version: '7',
  dialect: 'postgresql',
  tables: {},
  enums: {},
  schemas: {},
  sequences: {},
  roles: {},
  policies: {},
  views: {},
  _meta: { schemas: {}, tables: {}, columns: {} },
};
