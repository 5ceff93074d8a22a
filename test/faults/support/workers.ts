import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import {
  createTestDatabase,
  type RedisDatabase,
  takeRedisDatabase,
  TcpProxy,
  type TestDatabase,
} from '#libs/testing';

export type Backend = 'postgres' | 'redis';

export const backends: Backend[] = process.env.TEST_REDIS_URL ? ['postgres', 'redis'] : ['postgres'];

/** The relay and the worker with the sample jobs of modules/jobs, as a process of its own behind proxies. */
export interface Worker {
  child: ChildProcess;
  /** To its database and, on Redis, to its queue. */
  proxies: Record<string, TcpProxy>;
}

/** A database with an outbox in it, a queue backend, and the processes that do its jobs. */
export class Workers {
  readonly #workers: Worker[] = [];

  private constructor(
    readonly db: Pick<TestDatabase, 'url' | 'pool' | 'drop'>,
    private readonly redis: RedisDatabase | undefined,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async create(backend: Backend): Promise<Workers> {
    return Workers.on(await createTestDatabase(), await queueOf(backend));
  }

  /** Drops the database and gives the Redis back at its end. */
  static async on(db: Workers['db'], redis?: RedisDatabase, env: NodeJS.ProcessEnv = {}): Promise<Workers> {
    await db.pool.query(`
      create table effects (message_id uuid not null, label text not null);
      create table starts (message_id uuid not null)`);
    return new Workers(db, redis, {
      NODE_ENV: 'test',
      SECRET_KEYS: randomBytes(32).toString('base64url'),
      WORKER_CONCURRENCY: '4',
      // What is shorter than the default is waited for less; the long form shows what holds for the default.
      JOB_LOCK_MS: '10000',
      ...(redis && { REDIS_URL: redis.url }),
      ...(process.env.TEST_LOG && { TEST_LOG: process.env.TEST_LOG }),
      ...env,
    });
  }

  /** `prepare` sees the worker before it does anything; the options are those of libs/queue/testing/worker-process.ts. */
  async start(prepare: (worker: Worker) => void = () => {}, options: string[] = []): Promise<Worker> {
    const { REDIS_URL } = this.env;
    const database = await TcpProxy.to(this.db.url);
    const redis = REDIS_URL ? await TcpProxy.to(REDIS_URL) : undefined;
    const child = fork('build/libs/queue/testing/worker-process.js', options, {
      env: {
        ...this.env,
        DATABASE_URL: database.through(this.db.url),
        ...(REDIS_URL && { REDIS_URL: redis?.through(REDIS_URL) }),
      },
      execArgv: [],
    });
    const worker = { child, proxies: { database, ...(redis && { redis }) } };
    this.#workers.push(worker);
    prepare(worker);
    await once(child, 'message');
    return worker;
  }

  /** Enqueues so many jobs in one transaction, and resolves to their ids. The effect of each `sample.record` is one row in `effects`. */
  async enqueue(count: number, name = 'sample.record'): Promise<string[]> {
    const { rows } = await this.db.pool.query<{ id: string }>(
      `insert into outbox (id, queue, name, version, payload, headers)
       select gen_random_uuid(), 'default', $2, 1, '{"label":"one"}',
              jsonb_build_object('enqueued_at', now()) from generate_series(1, $1)
       returning id`,
      [count, name],
    );
    await this.db.pool.query('notify outbox'); // As JobsService does after the commit.
    return rows.map(({ id }) => id);
  }

  /** Each of these messages has its effect. */
  async isDone(ids: string[]): Promise<boolean> {
    const { rows } = await this.db.pool.query<{ count: number }>(
      'select count(distinct message_id)::int as count from effects where message_id = any($1)',
      [ids],
    );
    return rows[0]!.count === ids.length;
  }

  /**
   * Effects so far, and the messages that have one: the same number unless something happened twice. Waiting are those that
   * have none yet, wherever they are: also what was committed although its caller never heard of it.
   */
  async effects(): Promise<{ effects: number; messages: number; waiting: number; dead: number }> {
    const { rows } = await this.db.pool.query<Awaited<ReturnType<Workers['effects']>>>(
      `select count(*)::int as effects, count(distinct message_id)::int as messages,
              (select count(*)::int from outbox where name like 'sample.%')
                + (select count(*)::int from dispatched_messages where name like 'sample.%') as waiting,
              (select count(*)::int from dead_letters) as dead
       from effects`,
    );
    return rows[0]!;
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#workers.map(async ({ child, proxies }) => {
        const isOver = child.exitCode !== null || child.signalCode !== null;
        const exited = isOver ? undefined : once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
        await Promise.all(Object.values(proxies).map((proxy) => proxy.down()));
      }),
    );
    await this.redis?.release();
    await this.db.drop();
  }
}

/** The Redis that a backend needs beside its database; none for Postgres. */
export async function queueOf(backend: Backend): Promise<RedisDatabase | undefined> {
  return backend === 'redis' ? takeRedisDatabase() : undefined;
}
