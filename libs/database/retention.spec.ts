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

/** What was told of each statement, with an end to the round after so many of them. */
async function sweep({ statements = Infinity } = {}): Promise<[table: string, rows: number][]> {
  const controller = new AbortController();
  const told: [string, number][] = [];
  await retention.sweep({
    signal: controller.signal,
    onDeleted: (table, rows) => {
      told.push([table, rows]);
      if (told.length === statements) controller.abort();
    },
  });
  return told;
}

it('a sweep deletes what is old, statement by statement, and nothing else', async () => {
  const told = await sweep();
  expect(told.map(([table]) => table)).toEqual(['notes', 'notes', 'notes', 'notes']);
  expect(told.map(([, rows]) => rows)).toEqual([250, 250, 250, 249]);
  expect((await test.pool.query('select min(id) from notes')).rows).toEqual([{ min: 1000 }]);
});

it('a sweep that is told to stop leaves the rest to the next', async () => {
  expect(await sweep({ statements: 1 })).toEqual([['notes', 250]]);
  expect((await test.pool.query('select from notes')).rowCount).toBe(950);
});
