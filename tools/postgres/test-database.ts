import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { migrate } from '#libs/database';
import { ensurePostgres } from './embedded-postgres.js';

const TEMPLATE = 'mainstay_template_';
/** What libs/testing calls the databases it clones for one test file each. */
const CLONE = 'mainstay_test_';
/** Templates kept: switching between branches finds its own again, and a run beside us keeps the one it clones from. */
const KEPT_TEMPLATES = 3;

export interface TestDatabase {
  /** Maintenance connection that may create databases. */
  adminUrl: string;
  /** Name of a migrated database to clone from. */
  template: string;
  stop: () => Promise<void>;
}

/** A server for the tests (`TEST_DATABASE_URL`, or an embedded one without fsync) with a migrated template on it. */
export async function startTestDatabase(env: NodeJS.ProcessEnv): Promise<TestDatabase> {
  const folder = resolve('drizzle');
  if (env.TEST_DATABASE_URL) {
    return {
      adminUrl: env.TEST_DATABASE_URL,
      template: await prepare(env.TEST_DATABASE_URL, folder),
      stop: async () => {},
    };
  }
  const postgres = await ensurePostgres({ dir: join(env.DATA_DIR || '.data', 'test-postgres'), fast: true });
  try {
    if (!postgres.reused) await withAdmin(postgres.adminUrl, (admin) => dropDatabases(admin, CLONE, 0));
    return {
      adminUrl: postgres.adminUrl,
      template: await prepare(postgres.adminUrl, folder),
      stop: postgres.stop,
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function prepare(adminUrl: string, folder: string): Promise<string> {
  const template = `${TEMPLATE}${await fingerprint(folder)}`;
  await withAdmin(adminUrl, async (admin) => {
    await admin.query("SELECT pg_advisory_lock(hashtext('mainstay:template'))");
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (!rowCount) await buildTemplate(admin, adminUrl, template, folder);
    await dropDatabases(admin, TEMPLATE, KEPT_TEMPLATES);
  });
  return template;
}

/** Built under another name and renamed when whole: a killed run must not leave a half-migrated template. */
async function buildTemplate(
  admin: pg.Client,
  adminUrl: string,
  template: string,
  folder: string,
): Promise<void> {
  const draft = `mainstay_draft_${process.pid}`;
  await admin.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${draft} ENCODING 'UTF8' TEMPLATE template0`);
  const url = new URL(adminUrl);
  url.pathname = `/${draft}`;
  await migrate({ connectionString: url.href, folder });
  await admin.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
}

/** Whatever shapes the template: our migrations and the release of BullMQ, which brings its own. */
async function fingerprint(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const { dependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
    dependencies: { bullmq: string };
  };
  const hash = createHash('sha256').update(dependencies.bullmq);
  for (const name of names) hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest('hex').slice(0, 12);
}

/** Drops the databases of a name, except for the newest `keep`; oids only grow. */
async function dropDatabases(admin: pg.Client, prefix: string, keep: number): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1) ORDER BY oid DESC OFFSET $2',
    [prefix, keep],
  );
  for (const { name } of rows)
    await admin.query(`DROP DATABASE IF EXISTS ${admin.escapeIdentifier(name)} WITH (FORCE)`);
}

async function withAdmin(adminUrl: string, work: (admin: pg.Client) => Promise<void>): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5000 });
  admin.on('error', () => {});
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
