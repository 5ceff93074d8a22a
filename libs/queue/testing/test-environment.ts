import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { Config, loadConfig } from '#libs/config';
import { createPool, Database } from '#libs/database';
import {
  createTestDatabase,
  giveTime,
  type RedisDatabase,
  takeRedisDatabase,
  type TestDatabase,
} from '#libs/testing';
import { JobQueue } from '../bullmq/job-queue.js';
import { QueueConnection } from '../bullmq/queue-connection.js';
import { type JobDefinition, JobsService } from '../index.js';
import type { EnqueueOptions } from '../outbox/jobs.service.js';
import { OutboxNotifier } from '../outbox/outbox-notifier.js';
import { operations } from '../queue.schema.js';

export type BackendName = 'postgres' | 'redis';

/** The contract suites run on each: Redis is missing where it is not installed. */
export const backends: BackendName[] = process.env.TEST_REDIS_URL ? ['postgres', 'redis'] : ['postgres'];

/** A database of its own, an empty Redis database when asked for, and the side of the API that enqueues jobs. */
export class TestEnvironment {
  static async create(backend: BackendName): Promise<TestEnvironment> {
    const database = await createTestDatabase();
    const redis = backend === 'redis' ? await takeRedisDatabase() : undefined;
    const urls = { DATABASE_URL: database.url, ...(redis && { REDIS_URL: redis.url }) };
    const env = new TestEnvironment(database, redis, loadConfig({ ...variables, ...urls }));
    await database.pool.query(`
      create table effects (message_id uuid not null, label text not null, number bigint generated always as identity);
      create table starts (message_id uuid not null);
      create table aborts (message_id uuid not null, reason text not null)`);
    return env;
  }

  readonly db: Database;
  readonly #jobs: JobsService;
  readonly #closing: (() => Promise<void>)[] = [];

  private constructor(
    private readonly database: TestDatabase,
    private readonly redis: RedisDatabase | undefined,
    readonly config: Config,
  ) {
    this.db = new Database(giveTime(createPool(config.DATABASE_URL, { role: 'api', max: 4 })));
    this.#jobs = new JobsService(this.db, new OutboxNotifier(this.db));
  }

  /** Enqueues in a transaction of its own. */
  enqueue<T>(definition: JobDefinition<T>, data: T, options?: EnqueueOptions): Promise<string> {
    return this.db.transaction(async () => this.#jobs.enqueue(definition, data, options).id);
  }

  /** Enqueues for the caller in the context, in a transaction of its own. */
  enqueueOperation<T>(definition: JobDefinition<T>, data: T): Promise<string> {
    return this.db.transaction(async () => (await this.#jobs.enqueueOperation(definition, data)).id);
  }

  /** Enqueues in the transaction of the test. */
  enqueueInTransaction<T>(definition: JobDefinition<T>, data: T, options?: EnqueueOptions): { id: string } {
    return this.#jobs.enqueue(definition, data, options);
  }

  async rows<R extends pg.QueryResultRow>(query: string, values: unknown[] = []): Promise<R[]> {
    return (await this.database.pool.query<R>(query, values)).rows;
  }

  async count(
    table: 'effects' | 'starts' | 'aborts' | 'inbox' | 'dead_letters',
    messageId: string,
  ): Promise<number> {
    const column = table === 'dead_letters' ? 'id' : 'message_id';
    const [row] = await this.rows<{ count: string }>(`select count(*) from ${table} where ${column} = $1`, [
      messageId,
    ]);
    return Number(row?.count);
  }

  async operation(id: string): Promise<typeof operations.$inferSelect | undefined> {
    const [row] = await this.db.conn.select().from(operations).where(eq(operations.id, id));
    return row;
  }

  /** A connection of its own to the server of the queues; it closes with the environment. */
  async connect(): Promise<QueueConnection> {
    const connection = new QueueConnection(this.config);
    this.#closing.push(() => connection.close());
    await connection.open(new AbortController().signal);
    return connection;
  }

  /** A queue on a connection of its own; it closes with the environment. */
  async openQueue(name = 'default'): Promise<JobQueue> {
    const queue = new JobQueue(name, { connection: await this.connect() });
    this.#closing.push(() => queue.close());
    await queue.waitUntilReady();
    return queue;
  }

  /** Makes the queue lose everything it has, as a FLUSHALL does. */
  async loseQueue(): Promise<void> {
    const { REDIS_URL } = this.config;
    if (!REDIS_URL) {
      await this.rows('truncate bullmq.job cascade');
      return;
    }
    const redis = new Redis(REDIS_URL);
    await redis.flushdb();
    redis.disconnect();
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0).reverse()) await close();
    await this.db.pool.end();
    await this.redis?.release();
    await this.database.drop();
  }
}

const variables = {
  NODE_ENV: 'test',
  SECRET_KEYS: randomBytes(32).toString('base64url'),
  WORKER_CONCURRENCY: '4',
  SHUTDOWN_DRAIN_MS: '1000',
  JOB_LOCK_MS: '4000', // Tests that wait for the end of a dead worker's lock wait less.
};
