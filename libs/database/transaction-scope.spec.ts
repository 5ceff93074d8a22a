import { expect, it } from '@jest/globals';
import type pg from 'pg';
import { notesDatabase } from './fixtures/notes.js';
import { runQuery } from './transaction-scope.js';

const { db } = await notesDatabase();

/** The query that pg is running, with what it keeps of it. */
interface Running {
  _activeQuery: { _result: { rows: unknown[] }; _results: { rows: unknown[] } | { rows: unknown[] }[] };
}

it.each([
  ['one statement', { text: 'select 1 as n where $1', values: [true] }, [1]],
  ['several statements', 'select 1 as n; select 2 as n', [1, 2]],
])('pg keeps no row that the caller of %s got', async (_, query, numbers) => {
  const client = await db.pool.connect();
  try {
    const answer = runQuery(client, query);
    const kept = (client as pg.PoolClient & Running)._activeQuery;
    const results = [await answer].flat() as pg.QueryResult<{ n: number }>[];
    expect(results.flatMap(({ rows }) => rows.map(({ n }) => n))).toEqual(numbers);
    expect([kept._results, kept._result].flat().flatMap(({ rows }) => rows)).toEqual([]);
  } finally {
    client.release();
  }
});
