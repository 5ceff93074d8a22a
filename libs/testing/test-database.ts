import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  url: string;
  /** A pool with which a test reads rows and causes failures. The tested code has another one. */
  pool: pg.Pool;
  drop(): Promise<void>;
}

/** Creates a migrated database for one test file. It copies the template of the test run, which takes about 50 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { TEST_DATABASE_ADMIN_URL: adminUrl, TEST_DATABASE_TEMPLATE: template } = process.env;
  if (!adminUrl || !template)
    throw new Error('Tests need the database of the test run: start them with npm test.');
  const name = `mainstay_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  // Copying files costs half as much as copying pages through the log, as long as the server does not wait for the disk.
  await asAdmin(adminUrl, `create database "${name}" template "${template}" strategy file_copy`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 4 });
  // Tests drop databases and cut connections on purpose.
  pool.on('error', () => {});
  return {
    url: url.href,
    pool,
    async drop() {
      await pool.end();
      await asAdmin(adminUrl, `drop database if exists "${name}" with (force)`);
    },
  };
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
