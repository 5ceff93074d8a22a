import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { createPool, Database, newId } from '#libs/database';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { type JobRowFilter, searchStatement } from './job-reader.js';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = new Database(createPool(database.url, { role: 'tool', max: 1 }));
  await database.pool.query(`
    insert into operations (id, name, state) select uuidv7(), 'users.export', 'succeeded' from generate_series(1, 20000);
    insert into dead_letters (id, queue, name, payload, headers, error, attempts)
      select uuidv7(), 'bulk', 'users.export', '{}', '{}', '{"code":"jobs.failed","detail":"It broke"}', 8 from generate_series(1, 20000);
    insert into outbox (id, queue, name, version, payload, headers)
      select uuidv7(), 'bulk', 'users.export', 1, '{}', '{}' from generate_series(1, 20000);
    insert into dispatched_messages (id, seq, queue, name, version, payload, headers, attempts, created_at)
      select uuidv7(), number, 'bulk', 'users.export', 1, '{}', '{}', 0, now() from generate_series(1, 20000) as number;
    analyze`);
});
afterAll(async () => {
  await db.pool.end();
  await database.drop();
});

describe('a search for jobs', () => {
  const filters: [string, JobRowFilter][] = [
    ['no filter', {}],
    ['a text that nothing has', { text: 'nowhere' }],
    ['a state', { state: 'failed' }],
    ['a name and an owner', { names: ['users.export'], owner: newId() }],
    ['an argument', { argument: { path: ['filter', 'role'], value: 'admin' } }],
    [
      'a cell of a heatmap',
      { started: { over: new Date(0), upTo: new Date() }, waited: { over: 1, upTo: 2 } },
    ],
  ];

  it.each(filters)('with %s reads no table from end to end', async (_, filter) => {
    for (const before of [undefined, newId()]) {
      const { rows } = await db.conn.execute<{ 'QUERY PLAN': string }>(
        sql`explain ${searchStatement(filter, before, 50)}`,
      );
      const scans = rows
        .map((row) => row['QUERY PLAN'])
        .filter((line) => /Seq Scan on (?!pg_class)/.test(line));
      expect(scans).toEqual([]);
    }
  });
});
