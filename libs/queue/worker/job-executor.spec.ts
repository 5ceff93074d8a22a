import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { loadConfig } from '#libs/config';
import { createPool, Database, newId } from '#libs/database';
import { FileStore } from '#libs/files';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { defineJob, type JobOptions } from '../outbox/job-definition.js';
import { JobExecutor } from './job-executor.js';
import type { HandledJob } from './job-handlers.js';
import type { Message } from '../outbox/message.js';
import { OperationStore } from '../operations/operation-store.js';
import { RunningJobs } from './running-jobs.js';
import { JobCompleter } from './job-completer.js';

let test: TestDatabase;
let db: Database;
let completer: JobCompleter;
let executor: JobExecutor;

beforeAll(async () => {
  test = await createTestDatabase();
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: test.url,
    SECRET_KEYS: randomBytes(32).toString('base64url'),
  });
  db = new Database(createPool(test.url, { role: 'worker', max: 4 }));
  const operations = new OperationStore(db, new FileStore(db));
  completer = new JobCompleter(db);
  executor = new JobExecutor(db, operations, new RunningJobs(db, config), completer);
  await test.pool.query('create table effects (message_id text not null)');
});
afterAll(async () => {
  await db.pool.end();
  await test.drop();
});

let jobs = 0;

function jobThat(handle: () => Promise<void>, options: JobOptions = {}): HandledJob {
  const name = `executor.job-${'abcdefgh'[(jobs += 1)]}`;
  return {
    definition: defineJob(name, z.object({}), options) as unknown as HandledJob['definition'],
    handle,
  };
}

/** A message as it is after the relay has dispatched it. */
async function messageOf({ definition: { name } }: HandledJob, id = newId()): Promise<Message> {
  const message = { id, originId: id, queue: 'default', name, version: 1, payload: {}, attempts: 0 };
  await test.pool.query(
    `insert into dispatched_messages (id, seq, queue, name, version, payload, headers, attempts, created_at)
     values ($1, 1, 'default', $2, 1, '{}', '{}', 0, now())`,
    [id, name],
  );
  return { ...message, headers: { enqueued_at: new Date().toISOString() } };
}

async function rows(table: 'effects' | 'inbox' | 'dispatched_messages', ids: string[]): Promise<number> {
  const column = table === 'dispatched_messages' ? 'id' : 'message_id';
  const { rowCount } = await test.pool.query(`select from ${table} where ${column}::text = any($1)`, [ids]);
  return rowCount ?? 0;
}

const effectOf = (id: string) => db.conn.execute(sql`insert into effects values (${id})`);

it('has one effect of two deliveries at once, though the handler ignores the refusal', async () => {
  const id = newId();
  const refused: unknown[] = [];
  const job = jobThat(async () => {
    await effectOf(id).catch((error: unknown) => refused.push(error));
  });
  const message = await messageOf(job, id);
  await Promise.all([executor.execute(job, message), executor.execute(job, message)]);
  expect(await rows('effects', [id])).toBe(1);
  expect(refused).toHaveLength(1);
  expect(await rows('dispatched_messages', [id])).toBe(0);
});

it.each([true, false])(
  'completes what is done together, with nothing else to commit (transactional: %s)',
  async (transactional) => {
    const job = jobThat(() => Promise.resolve(), { transactional });
    const messages = await Promise.all(Array.from({ length: 20 }, () => messageOf(job)));
    const ids = messages.map(({ id }) => id);
    await Promise.all(messages.map((message) => executor.execute(job, message)));
    if (transactional) await completer.idle();
    expect(await rows('inbox', ids)).toBe(20);
    expect(await rows('dispatched_messages', ids)).toBe(0);
  },
);

it('completes a job whose only effect travels with COMMIT, as an enqueued job does', async () => {
  const id = newId();
  const job = jobThat(() => Promise.resolve(db.beforeCommit(`insert into effects values ('${id}')`)));
  const message = await messageOf(job, id);
  await executor.execute(job, message);
  expect([await rows('effects', [id]), await rows('inbox', [id])]).toEqual([1, 1]);
  expect(await rows('dispatched_messages', [id])).toBe(0);
});

it('takes a job without an effect for done although it could not be completed, and lets it come again', async () => {
  const job = jobThat(() => Promise.resolve());
  const message = await messageOf(job);
  await test.pool.query(`alter table inbox add constraint spoilt check (message_id <> '${message.id}')`);
  await executor.execute(job, message);
  await completer.idle();
  await test.pool.query('alter table inbox drop constraint spoilt');
  expect(await rows('dispatched_messages', [message.id])).toBe(1);

  await executor.execute(job, message);
  await completer.idle();
  expect(await rows('dispatched_messages', [message.id])).toBe(0);
});

it('does again what could not be completed, and not what could', async () => {
  let runs = 0;
  const job = jobThat(() => Promise.resolve(void (runs += 1)), { transactional: false });
  const good = await messageOf(job);
  const spoilt = await messageOf(job);
  await test.pool.query(`alter table inbox add constraint spoilt check (message_id <> '${spoilt.id}')`);
  const [first, second] = await Promise.allSettled(
    [good, spoilt].map((message) => executor.execute(job, message)),
  );
  await test.pool.query('alter table inbox drop constraint spoilt');
  expect([first?.status, second?.status]).toEqual(['fulfilled', 'rejected']);
  expect(await rows('dispatched_messages', [good.id, spoilt.id])).toBe(1);

  await Promise.all([good, spoilt].map((message) => executor.execute(job, message)));
  expect(runs).toBe(3);
  expect(await rows('dispatched_messages', [good.id, spoilt.id])).toBe(0);
});
