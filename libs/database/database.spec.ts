import { beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { notesDatabase } from './fixtures/notes.js';
import { inlineSql } from './index.js';

const { test, db, insert, ids } = await notesDatabase();

describe('a transaction', () => {
  it('commits what every part of the work wrote', async () => {
    await db.transaction(async () => {
      await insert(1);
      await db.transaction(() => insert(2));
      expect(await ids()).toEqual([]);
    });
    expect(await ids()).toEqual([1, 2]);
  });

  it('undoes everything when the work fails, also the parts that had joined and finished', async () => {
    const work = db.transaction(async () => {
      await db.transaction(() => insert(1));
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(await ids()).toEqual([]);
  });

  it('refuses a query that outlives it', async () => {
    let late: Promise<unknown> | undefined;
    const { promise: over, resolve } = Promise.withResolvers<void>();
    await db.transaction(async () => {
      late = over.then(() => insert(1));
    });
    resolve();
    await expect(late).rejects.toMatchObject({
      cause: expect.objectContaining({ message: expect.stringContaining('outlived') }),
    });
    expect(await ids()).toEqual([]);
  });

  it('holds a query that the work returns without awaiting: Drizzle sends it only then', async () => {
    await db.transaction(() => insert(1)).then(() => expect(db.inTransaction).toBe(false));
    const work = db.transaction(async () => {
      await db.transaction(() => insert(2));
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    await expect(
      db.transaction(() => {
        db.beforeCommit('select 1/0');
        return insert(3);
      }),
    ).rejects.toThrow('division by zero');
    expect(await ids()).toEqual([1]);
  });

  it('is required by db.tx', () => {
    expect(() => db.tx).toThrow('needs a transaction');
  });

  it('fails when the work swallowed an error of a statement, instead of losing the work silently', async () => {
    const work = db.transaction(async () => {
      await insert(1);
      await insert(1).catch(() => {});
    });
    await expect(work).rejects.toThrow('nothing was committed');
    expect(await ids()).toEqual([]);
  });

  it('keeps the connection usable after a failed statement', async () => {
    const before = db.pool.totalCount;
    for (let i = 0; i < 10; i += 1) await db.conn.execute(sql`select 1/0`).catch(() => {});
    expect(db.pool.totalCount).toBe(Math.max(before, 1));
  });

  it('uses one prepared statement inside and outside', async () => {
    const table = db.conn
      .select({ one: sql<number>`1` })
      .from(sql`notes`)
      .prepare('notes_one');
    await insert(1);
    expect(await table.execute()).toHaveLength(1);
    await db.transaction(async () => {
      await insert(2);
      expect(await table.execute()).toHaveLength(2);
    });
  });
});

describe('a savepoint', () => {
  it('undoes only its own part, with the statements and hooks that it added', async () => {
    const done: string[] = [];
    await db.transaction(async () => {
      await insert(1);
      const part = db.savepoint(async () => {
        await insert(2);
        db.beforeCommit("insert into notes values (3, 'x')");
        db.afterCommit(() => void done.push('inner'));
        throw new Error('no');
      });
      await expect(part).rejects.toThrow('no');
      db.afterCommit(() => void done.push('outer'));
    });
    expect(await ids()).toEqual([1]);
    expect(done).toEqual(['outer']);
  });
});

describe('hooks after a commit', () => {
  it('run when it is visible, outside the transaction, and never after a rollback', async () => {
    const seen = Promise.withResolvers<{ ids: number[]; inTransaction: boolean }>();
    await db.transaction(async () => {
      await insert(1);
      db.afterCommit(async () => seen.resolve({ ids: await ids(), inTransaction: db.inTransaction }));
    });
    expect(await seen.promise).toEqual({ ids: [1], inTransaction: false });

    let ran = false;
    await db
      .transaction(async () => {
        db.afterCommit(() => void (ran = true));
        throw new Error('no');
      })
      .catch(() => {});
    expect(ran).toBe(false);
  });

  it('do not make a committed transaction look failed', async () => {
    await db.transaction(async () => {
      await insert(1);
      db.afterCommit(() => Promise.reject(new Error('hook')));
    });
    expect(await ids()).toEqual([1]);
  });
});

describe('statements that travel with COMMIT', () => {
  it('are part of the transaction, whatever their values contain', async () => {
    const text = `'; drop table notes; -- \\ "$1" ü`;
    await db.transaction(async () => db.beforeCommit(inlineSql`insert into notes values (${7}, ${text})`));
    expect((await test.pool.query('select text from notes')).rows).toEqual([{ text }]);
  });

  it('undo the rest when they fail', async () => {
    const work = db.transaction(async () => {
      await insert(1);
      db.beforeCommit('insert into notes values (1, null)');
    });
    await expect(work).rejects.toMatchObject({ code: '23502' });
    expect(await ids()).toEqual([]);
  });
});

describe('an opening statement', () => {
  it('gives its rows to the work, and stays when the work is undone', async () => {
    await db.transaction(
      async ([row]) => {
        expect(row).toEqual({ id: 1 });
        await insert(2);
        db.afterCommit(() => Promise.reject(new Error('must not run')));
        db.rollbackToStart();
        db.beforeCommit(`insert into notes values (3, 'x')`);
      },
      { onBegin: `insert into notes values (1, 'x') returning id` },
    );
    expect(await ids()).toEqual([1, 3]);
  });
});

describe('a transaction that begins with its first query', () => {
  const opening = `insert into notes values (1, 'x') on conflict do nothing returning id`;
  const openings: unknown[][] = [];
  const onFirstQuery = (opened: unknown[]) => {
    openings.push(opened);
    if (opened.length === 0) throw new Error('refused');
  };

  beforeEach(() => void openings.splice(0));

  it('never begins when the work has no query', async () => {
    expect(await db.transaction(() => Promise.resolve('done'), { onBegin: opening, onFirstQuery })).toBe(
      'done',
    );
    expect(openings).toEqual([]);
    expect(await ids()).toEqual([]);
  });

  it('begins once for concurrent queries', async () => {
    await db.transaction(() => Promise.all([insert(2), insert(3)]), { onBegin: opening, onFirstQuery });
    expect(openings).toEqual([[{ id: 1 }]]);
    expect(await ids()).toEqual([1, 2, 3]);
  });

  it('begins for a statement that only travels with COMMIT', async () => {
    const work = () => Promise.resolve(db.beforeCommit(`insert into notes values (2, 'x')`));
    await db.transaction(work, { onBegin: opening, onFirstQuery });
    expect(await ids()).toEqual([1, 2]);
  });

  it('sends no query when the opening is refused, although the work ignores the error', async () => {
    await insert(1);
    const work = db.transaction(() => Promise.allSettled([insert(2), insert(3)]), {
      onBegin: opening,
      onFirstQuery,
    });
    await expect(work).rejects.toThrow('refused');
    expect(await ids()).toEqual([1]);
    expect(db.pool.idleCount).toBe(db.pool.totalCount);
  });
});
