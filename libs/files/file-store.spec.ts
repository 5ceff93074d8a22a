import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, Database, newId, RetentionService } from '#libs/database';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { FileNotFound, FilesModule, FileStore, FileTooLarge } from './index.js';

describe('files', () => {
  let database: TestDatabase;
  let db: Database;
  let files: FileStore;

  beforeAll(async () => {
    database = await createTestDatabase();
    db = new Database(createPool(database.url, { role: 'api', max: 2 }));
    files = new FileStore(db);
  });

  afterAll(async () => {
    await db?.pool.end();
    await database?.drop();
  });

  /** Yields chunks of irregular sizes, as a socket delivers them. */
  async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += 70_001) yield bytes.subarray(at, at + 70_001);
  }

  const stage = (bytes: Buffer, maxBytes = bytes.length) =>
    files.stage(inPieces(bytes), { mediaType: 'text/csv', name: 'people.csv', maxBytes });

  async function read(id: string): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of files.read(id)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async function stored(): Promise<{ files: number; chunks: number }> {
    const { rows } = await database.pool.query<{ files: number; chunks: number }>(
      'select (select count(*)::int from files) as files, (select count(*)::int from file_chunks) as chunks',
    );
    return rows[0]!;
  }

  it('come back byte for byte, whatever chunks they arrived in', async () => {
    for (const size of [0, 1, 32_767, 32_768, 32_769, 262_143, 262_144, 262_145, 700_000]) {
      const bytes = randomBytes(size);
      const file = await stage(bytes);
      expect(file).toMatchObject({ size, sha256: createHash('sha256').update(bytes).digest() });
      expect((await read(file.id)).equals(bytes)).toBe(true);
    }
  });

  it('leave nothing behind when they are too large or break off', async () => {
    const before = await stored();
    await expect(stage(randomBytes(600_000), 599_999)).rejects.toThrow(FileTooLarge);
    const broken = (async function* () {
      yield randomBytes(300_000);
      throw new Error('socket hang up');
    })();
    await expect(files.stage(broken, { mediaType: 'text/csv', maxBytes: 1e6 })).rejects.toThrow(
      'socket hang up',
    );
    expect(await stored()).toEqual(before);
  });

  it('are not staged inside a transaction', async () => {
    await expect(db.transaction(() => stage(randomBytes(10)))).rejects.toThrow('outside any transaction');
  });

  it('stay staged when the transaction that adopts them is rolled back', async () => {
    const { id } = await stage(randomBytes(10));
    const work = db.transaction(async () => {
      await files.adopt(id);
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    await files.discard(id);
    await expect(files.get(id)).rejects.toThrow(FileNotFound);
  });

  it('are not discarded once they are adopted', async () => {
    const { id } = await stage(randomBytes(10));
    await db.transaction(() => files.adopt(id));
    await files.discard(id);
    expect(await files.get(id)).toMatchObject({ mediaType: 'text/csv', name: 'people.csv', size: 10 });
  });

  it('cannot be adopted during their upload, nor twice', async () => {
    const unfinished = newId();
    await database.pool.query(`insert into files (id, media_type) values ($1, 'text/csv')`, [unfinished]);
    await expect(db.transaction(() => files.adopt(unfinished))).rejects.toThrow(FileNotFound);
    const { id } = await stage(randomBytes(10));
    await db.transaction(() => files.adopt(id));
    await expect(db.transaction(() => files.adopt(id))).rejects.toThrow(FileNotFound);
  });

  it('are swept with their bytes when they were not adopted in time or have expired', async () => {
    const forgotten = await Promise.all(Array.from({ length: 25 }, () => stage(randomBytes(10))));
    const fresh = await stage(randomBytes(10));
    const kept = await stage(randomBytes(10));
    const expired = await stage(randomBytes(10));
    await db.transaction(() => files.adopt(kept.id));
    await db.transaction(() => files.adopt(expired.id, { forDays: 7 }));
    const old = [...forgotten, expired].map(({ id }) => id);
    await database.pool.query(
      `update files set expires_at = now() - interval '1 second' where id = any($1)`,
      [old],
    );
    const retention = new RetentionService(db);
    new FilesModule(retention);
    const deleted: number[] = [];
    await retention.sweep({
      signal: new AbortController().signal,
      onDeleted: (_, rows) => deleted.push(rows),
    });
    expect(deleted).toEqual([20, 6]);
    await expect(files.get(expired.id)).rejects.toThrow(FileNotFound);
    expect((await files.get(fresh.id)).size).toBe(10);
    expect((await files.get(kept.id)).size).toBe(10);
    const { rows } = await database.pool.query('select 1 from file_chunks where file_id = any($1)', [old]);
    expect(rows).toHaveLength(0);
  });

  it.each([['\n'], ['\r\n'], ['\r']])(
    'have their lines counted, also beside bytes that are no text, with line end %j',
    async (end) => {
      const { id } = await stage(Buffer.from(`\0é\\n\xff${end}`.repeat(40_000), 'latin1'));
      expect(await files.countLineEnds(id)).toBe(40_000);
      expect(await files.countLineEnds((await stage(Buffer.alloc(0))).id)).toBe(0);
    },
  );

  it('fail a reader when they are deleted during the read', async () => {
    const { id } = await stage(randomBytes(600_000));
    const reading = files.read(id);
    await reading.next();
    await files.delete(id);
    const rest = async () => {
      for await (const piece of reading) expect(piece.length).toBeGreaterThan(0);
    };
    await expect(rest()).rejects.toThrow(FileNotFound);
  });
});
