import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { lt } from 'drizzle-orm';
import { integer, pgTable } from 'drizzle-orm/pg-core';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { createPool, Database, RetentionService } from './index.js';

const notes = pgTable('notes', { id: integer().primaryKey() });

let test: TestDatabase;
let db: Database;
let retention: RetentionService;

beforeAll(async () => {
  test = await createTestDatabase();
  db = new Database(createPool(test.url, { role: 'worker', max: 2 }));
  await test.pool.query('create table notes (id int primary key)');
  retention = new RetentionService(db);
  retention.addRule(notes, notes.id, lt(notes.id, 1000));
});
beforeEach(() => test.pool.query('truncate notes; insert into notes select generate_series(1, 1200)'));
afterAll(async () => {
  await db.pool.end();
  await test.drop();
});

/** Runs a round that ends after this many statements, and returns what the round reported of each. */
async function sweep({ statements = Infinity } = {}): Promise<[table: string, rows: number][]> {
  const controller = new AbortController();
  const reported: [string, number][] = [];
  await retention.sweep({
    signal: controller.signal,
    onDeleted: (table, rows) => {
      reported.push([table, rows]);
      if (reported.length === statements) controller.abort();
    },
  });
  return reported;
}

it('a sweep deletes the old rows, statement by statement, and no others', async () => {
  const reported = await sweep();
  expect(reported.map(([table]) => table)).toEqual(['notes', 'notes', 'notes', 'notes']);
  expect(reported.map(([, rows]) => rows)).toEqual([250, 250, 250, 249]);
  expect((await test.pool.query('select min(id) from notes')).rows).toEqual([{ min: 1000 }]);
});

it('a sweep that is aborted leaves the rest to the next', async () => {
  expect(await sweep({ statements: 1 })).toEqual([['notes', 250]]);
  expect((await test.pool.query('select from notes')).rowCount).toBe(950);
});
