import { createInterface } from 'node:readline/promises';
import type pg from 'pg';
import { createPool, migrate } from '#libs/database';
import { command } from '../../commands/support/command.js';
import { appVersion, MIGRATIONS } from '../../commands/support/release.js';
import { loadEnvironmentFile } from '../machine/environment.js';
import { openOwnDatabase } from './own-database.js';
import { seed } from './seed.js';

const line = {
  name: 'npm run db:reset',
  does: 'Deletes everything in the database of development, migrates it and seeds it. Redis is left as it is.',
  options: {
    yes: { type: 'boolean', does: 'does not ask' },
    empty: { type: 'boolean', does: 'does not seed it' },
  },
} as const;

await command(line, async ({ values: { yes, empty } }) => {
  loadEnvironmentFile();
  const { url, server, stop } = await openOwnDatabase('npm run db:reset', process.env);
  const pool = createPool(url, { role: 'tool', max: 1 });
  try {
    await assertUnused(pool);
    if (!yes && !(await agrees(`Delete everything in ${server}? (yes/no) `))) {
      console.log('mainstay: nothing was changed');
      return;
    }
    await dropEverything(pool);
    await migrate({ connectionString: url, folder: MIGRATIONS, appVersion: appVersion() });
    if (!empty) await seed(pool);
    console.log(`mainstay: ${server} is new, migrated${empty ? '' : ' and seeded'}`);
  } finally {
    await pool.end();
    await stop();
  }
});

/** The applications would fail in the middle of their work, and hold the locks that are needed here. */
async function assertUnused(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `select distinct application_name as name from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name like 'mainstay-%'`,
  );
  if (rows.length > 0)
    throw new Error(
      `the database is in use by ${rows.map(({ name }) => name).join(', ')}; stop npm start or npm run dev first`,
    );
}

async function agrees(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error('there is nobody to ask; say --yes: npm run db:reset -- --yes');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(question)).trim() === 'yes';
  } finally {
    terminal.close();
  }
}

/** Removes every schema with all that is in it: ours, BullMQ's, and whatever was tried out. */
async function dropEverything(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    String.raw`select quote_ident(nspname) as name from pg_namespace
      where nspname not like 'pg\_%' and nspname <> 'information_schema'`,
  );
  const drops = rows.map(({ name }) => `drop schema ${name} cascade;`);
  await pool.query(`begin; ${drops.join(' ')} create schema public; commit;`);
}
