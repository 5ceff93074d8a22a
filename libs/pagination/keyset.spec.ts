import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomInt } from 'node:crypto';
import { inArray, sql } from 'drizzle-orm';
import { index, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { Keyring, loadConfig } from '#libs/config';
import { createPool, Database, newId } from '#libs/database';
import { CursorCodec } from './cursor-codec.js';
import { type Keyset, keysetAfter, keysetOrder } from './keyset.js';

const schema = pgSchema(`keyset_${randomBytes(6).toString('hex')}`);
const things = schema.table(
  'things',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    createdAt: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (table) => [index().on(table.createdAt, table.id)],
);

const keysets = {
  created_at: { column: things.createdAt, id: things.id, direction: 'asc' },
  '-created_at': { column: things.createdAt, id: things.id, direction: 'desc' },
  name: { column: things.name, id: things.id, direction: 'asc' },
  '-name': { column: things.name, id: things.id, direction: 'desc' },
} satisfies Record<string, Keyset>;
type Sort = keyof typeof keysets;

const url = process.env.TEST_DATABASE_ADMIN_URL!;
const db = new Database(createPool(url, { role: 'tool', max: 4 }));
const secret = randomBytes(32).toString('base64url');
const cursors = new CursorCodec(new Keyring(loadConfig({ DATABASE_URL: url, SECRET_KEYS: secret })));

/** Rows with few names and few instants, so that most rows tie with others and pages end inside a tie. */
const newThing = () => ({
  id: newId(),
  name: ['ann', 'Ann', 'zoë', ''][randomInt(4)]!,
  createdAt: new Date(1_800_000_000_000 + randomInt(20)),
});

function pageAfter(sort: Sort, limit: number, cursor: string | undefined) {
  const after = cursors.read(cursor, { resource: 'things', sort, filters: {} });
  return db.conn
    .select()
    .from(things)
    .where(keysetAfter(keysets[sort], after))
    .orderBy(...keysetOrder(keysets[sort]))
    .limit(limit + 1);
}

/** Reads all pages, one after the other. `meanwhile` runs concurrently with each. */
async function walk(sort: Sort, limit: number, meanwhile = async () => {}): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const [rows] = await Promise.all([pageAfter(sort, limit, cursor), meanwhile()]);
    const { data, page } = cursors.page(rows, { resource: 'things', sort, filters: {}, limit }, (row) => ({
      value: sort.endsWith('name') ? row.name : row.createdAt,
      id: row.id,
    }));
    seen.push(...data.map(({ id }) => id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return seen;
}

async function insert(count: number): Promise<string[]> {
  const rows = Array.from({ length: count }, newThing);
  await db.conn.insert(things).values(rows);
  return rows.map(({ id }) => id);
}

beforeAll(async () => {
  await db.conn.execute(sql`create schema ${schema}`);
  await db.conn.execute(
    sql`create table ${things} (id uuid primary key, name text not null, created_at timestamptz(3) not null default now())`,
  );
  await db.conn.execute(sql`create index on ${things} (created_at, id)`);
});

afterAll(async () => {
  await db.conn.execute(sql`drop schema ${schema} cascade`);
  await db.pool.end();
});

describe.each(Object.keys(keysets) as Sort[])('pages by %s', (sort) => {
  it('hold every row that stays exactly once, while others come and go', async () => {
    await db.conn.delete(things);
    const staying = await insert(300);
    let leaving = await insert(300);
    let coming = 1000;
    const seen = await walk(sort, randomInt(1, 40), async () => {
      const gone = leaving.slice(0, 10);
      leaving = leaving.slice(10);
      const more = Math.min(coming, 20);
      coming -= more;
      // Other connections do this, and may delete the row that the cursor names.
      await Promise.all([
        gone.length > 0 && db.conn.delete(things).where(inArray(things.id, gone)),
        more > 0 && insert(more),
      ]);
    });
    expect(new Set(seen).size).toBe(seen.length);
    expect(staying.filter((id) => !seen.includes(id))).toEqual([]);
  });

  it('come in the order of the database', async () => {
    await db.conn.delete(things);
    await insert(100);
    const all = await db.conn
      .select()
      .from(things)
      .orderBy(...keysetOrder(keysets[sort]));
    expect(await walk(sort, 7)).toEqual(all.map(({ id }) => id));
  });
});

describe('the position of a page', () => {
  it('keeps instants that the database made itself', async () => {
    await db.conn.delete(things);
    // clock_timestamp() has microseconds, which the column rounds, so a cursor of milliseconds is still exact.
    await db.conn.execute(
      sql`insert into ${things} select gen_random_uuid(), 'x', clock_timestamp() from generate_series(1, 200)`,
    );
    expect(new Set(await walk('created_at', 3)).size).toBe(200);
  });

  it.each(['created_at', '-created_at'] as const)('is where an index scan starts, by %s', async (sort) => {
    const position = { value: new Date().toISOString(), id: newId() };
    const query = sql`select * from ${things} where ${keysetAfter(keysets[sort], position)} order by ${sql.join(keysetOrder(keysets[sort]), sql`, `)} limit 21`;
    const plan = await db.transaction(async () => {
      await db.tx.execute(sql`set local enable_seqscan = off`);
      await db.tx.execute(sql`set local enable_bitmapscan = off`);
      return db.tx.execute<{ 'QUERY PLAN': string }>(sql`explain ${query}`);
    });
    const lines = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(lines).toMatch(/Index Cond: \(ROW\(/);
    expect(lines).not.toMatch(/Sort|Filter/);
  });
});
