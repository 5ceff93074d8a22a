import { describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { eventually, TcpProxy } from '#libs/testing';
import { CommitOutcomeUnknown, createPool, Database, databaseProblem, sqlState } from './index.js';
import { notesDatabase } from './fixtures/notes.js';

const { test, db, insert, ids } = await notesDatabase();

describe('trouble', () => {
  it('repeats the whole work after a deadlock, so that both transactions get done', async () => {
    await insert(1);
    await insert(2);
    let runs = 0;
    let holding = 0;
    const { promise: bothHold, resolve } = Promise.withResolvers<void>();
    const update = (first: number, second: number) =>
      db.transaction(async () => {
        runs += 1;
        await db.conn.execute(sql`update notes set text = text || 'y' where id = ${first}`);
        holding += 1;
        if (holding === 2) resolve();
        await bothHold;
        await db.conn.execute(sql`update notes set text = text || 'y' where id = ${second}`);
      });
    await Promise.all([update(1, 2), update(2, 1)]);
    // The two may meet again when the repeated one gets its first row before the other one wakes up.
    expect(runs).toBeGreaterThanOrEqual(3);
    expect((await test.pool.query('select text from notes')).rows).toEqual([
      { text: 'xyy' },
      { text: 'xyy' },
    ]);
  });

  it('does not guess when the connection breaks during COMMIT', async () => {
    // A deferred trigger makes COMMIT itself wait long enough for the test to cut its connection.
    await test.pool.query(`
      create or replace function wait_a_little() returns trigger language plpgsql as $$ begin perform pg_sleep(5); return null; end $$;
      create constraint trigger slow_commit after insert on notes deferrable initially deferred for each row execute function wait_a_little()`);
    try {
      const work = db.transaction(() => insert(1));
      await eventually(async () => {
        const { rowCount } = await test.pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query = 'COMMIT' and state = 'active'`,
        );
        return rowCount === 1;
      });
      await expect(work).rejects.toBeInstanceOf(CommitOutcomeUnknown);
    } finally {
      await test.pool.query('drop trigger slow_commit on notes');
    }
  });

  it('survives a connection that the server ends in the middle, and says it is unavailable', async () => {
    const error = await db
      .transaction(() => db.conn.execute(sql`select pg_terminate_backend(pg_backend_pid())`))
      .catch((thrown: unknown) => thrown);
    expect(databaseProblem(error)).toMatchObject({ code: 'database.unavailable', status: 503 });
    await insert(1);
    expect(await ids()).toEqual([1]);
  });

  it.each(['BEGIN', 'notes', 'ROLLBACK'])(
    'says it is unavailable when the connection breaks without a word at %s, and goes on',
    async (moment) => {
      const proxy = await TcpProxy.to(test.url);
      const cut = new Database(createPool(proxy.through(test.url), { role: 'api', max: 1 }));
      await cut.conn.execute(sql`select 1`);
      proxy.watch(({ from, bytes }) => (from === 'client' && bytes.includes(moment) ? 'cut' : 'pass'));
      const opening = `select 1`;
      const work = () => cut.conn.execute(sql`insert into notes values (1, 'x'), (1, 'y')`);
      const error = await cut.transaction(work, { onBegin: opening }).catch((thrown: unknown) => thrown);
      proxy.watch();
      // At ROLLBACK the work fails with the error that caused it, although the connection is gone as well.
      const code = moment === 'ROLLBACK' ? 'resource.conflict' : 'database.unavailable';
      expect(databaseProblem(error)).toMatchObject({ code });
      expect(await cut.transaction(() => Promise.resolve('goes on'), { onBegin: opening })).toBe('goes on');
      await cut.pool.end();
      await proxy.down();
    },
  );

  it('tells a busy database, a broken connection and a wrong statement apart', async () => {
    const error = async (query: string) => db.conn.execute(sql.raw(query)).catch((thrown: unknown) => thrown);
    expect(databaseProblem(await error(`set statement_timeout = 10; select pg_sleep(1)`))).toMatchObject({
      code: 'database.busy',
    });
    expect(databaseProblem(await error(`select 'x'::int`))).toMatchObject({ code: 'value.unstorable' });
    expect(databaseProblem(await error('select no_such_column'))).toBeUndefined();
    expect(sqlState(await error('select 1/0'))).toBe('22012');
    const unreachable = new Database(createPool('postgres://x:x@127.0.0.1:1/x', { role: 'api', max: 1 }));
    expect(
      databaseProblem(await unreachable.conn.execute(sql`select 1`).catch((thrown: unknown) => thrown)),
    ).toMatchObject({ status: 503 });
  });

  it('takes no query of another request into the transaction', async () => {
    const outside = db.transaction(async () => {
      await insert(1);
      return db.transaction(() => insert(2));
    });
    await Promise.all([outside, insert(3)]);
    expect(await ids()).toEqual([1, 2, 3]);
  });
});
