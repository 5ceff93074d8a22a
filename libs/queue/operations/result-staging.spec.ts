import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, Database } from '#libs/database';
import { FileStore } from '#libs/files';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { ResultStorageFull } from '../outbox/job-problems.js';
import { StaleAttemptError } from './job-run.js';
import { type ResultOrder, stageResult } from './result-staging.js';

const most = 1_000_000;

describe('the file of a result', () => {
  let test: TestDatabase;
  let db: Database;
  let files: FileStore;
  beforeAll(async () => {
    test = await createTestDatabase();
    db = new Database(createPool(test.url, { role: 'worker', max: 2 }));
    files = new FileStore(db);
  });
  afterAll(async () => {
    await db?.pool.end();
    await test?.drop();
  });

  /** An operation in its first attempt. */
  async function running(ownerId: string = randomUUID()): Promise<ResultOrder & { ownerId: string }> {
    const id = randomUUID();
    await test.pool.query(
      `insert into operations (id, name, owner_id, state, attempt) values ($1, 'sample.write', $2, 'running', 1)`,
      [id, ownerId],
    );
    return { id, ownerId, attempt: 1, definition: { name: 'sample.write', maxStoredBytesPerOwner: most } };
  }

  const write = (order: ResultOrder, bytes: number) =>
    stageResult(db, files, order, Readable.from([Buffer.alloc(bytes)]), {
      mediaType: 'text/csv',
      maxBytes: 10 * most,
    });

  const filesIn = async () => {
    const { rows } = await test.pool.query<{ id: string }>('select id from files');
    return rows.map(({ id }) => id);
  };

  it('takes the place of one that an attempt left behind whose worker died', async () => {
    const order = await running();
    const { fileId: left } = await write(order, 600_000);
    const { fileId } = await write(order, 600_000);
    expect(await filesIn()).not.toContain(left);
    const { rows } = await test.pool.query('select result_file_id from operations where id = $1', [order.id]);
    expect(rows).toEqual([{ result_file_id: fileId }]);
  });

  it('is counted while it grows: another of the same owner does not fit beside it, nor stay', async () => {
    const first = await running();
    const second = await running(first.ownerId);
    const content = async function* () {
      yield Buffer.alloc(600_000);
      await expect(write(second, 600_000)).rejects.toThrow(ResultStorageFull);
      await expect(write(await running(), 600_000)).resolves.toBeDefined();
      yield Buffer.alloc(300_000);
    };
    const before = (await filesIn()).length;
    const options = { mediaType: 'text/csv', maxBytes: most };
    const { fileId } = await stageResult(db, files, first, content(), options);
    expect(await files.get(fileId)).toMatchObject({ size: 900_000 });
    // That of the other owner and the own one.
    expect(await filesIn()).toHaveLength(before + 2);
  });

  it('ends when another attempt has begun, and leaves the file of that one alone', async () => {
    const order = await running();
    let taken = '';
    const content = async function* () {
      yield Buffer.alloc(300_000);
      await test.pool.query('update operations set attempt = attempt + 1 where id = $1', [order.id]);
      taken = (await write({ ...order, attempt: order.attempt + 1 }, 100)).fileId;
      yield Buffer.alloc(300_000);
    };
    const options = { mediaType: 'text/csv', maxBytes: most };
    await expect(stageResult(db, files, order, content(), options)).rejects.toThrow(StaleAttemptError);
    const { rows } = await test.pool.query('select result_file_id from operations where id = $1', [order.id]);
    expect(rows).toEqual([{ result_file_id: taken }]);
  });

  it('of an attempt that is over is neither written nor named', async () => {
    const order = await running();
    const { fileId } = await write(order, 100);
    await expect(write({ ...order, attempt: 0 }, 100)).rejects.toThrow(StaleAttemptError);
    const { rows } = await test.pool.query('select result_file_id from operations where id = $1', [order.id]);
    expect(rows).toEqual([{ result_file_id: fileId }]);
  });
});
