import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { migrate } from '#libs/database';
import { createTestDatabase, eventually, figure, sized, TcpProxy, verdict } from '#libs/testing';
import { ensurePostgres } from '../../tools/postgres/embedded-postgres.js';
import { freePort } from '../../tools/machine/ports.js';
import { backends, Workers } from './support/workers.js';

const restarts = sized(1, 3);

/** Milliseconds from the return of the database to the end of the backlog, at most. */
const drainedMs = 15_000;

/** Jobs of one transaction, milliseconds between two, and waiting jobs at which the load takes a rest: the workers keep up. */
const batch = 10;
const every = 50;
const mostWaiting = 500;

/** Jobs of the load that goes on after the return: that backlog counts too. */
const afterReturn = 50;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Enqueues jobs until it is told to stop, and counts them; what could not be committed was not enqueued. */
class Load {
  enqueued = 0;
  #isOver = false;
  readonly #running: Promise<void>;

  constructor(private readonly workers: Workers) {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (; !this.#isOver; await sleep(every)) {
      const { waiting } = await this.workers.effects().catch(() => ({ waiting: 0 }));
      if (waiting > mostWaiting) continue;
      const ids = await this.workers.enqueue(batch).catch(() => []);
      this.enqueued += ids.length;
    }
  }
}

/** Restarts something under load, as often as it takes, and returns the slowest drain in milliseconds. */
async function expectSurvival(workers: Workers, restart: () => Promise<void>): Promise<string> {
  const crew = await Promise.all([workers.start(), workers.start()]);
  const drains: number[] = [];
  let enqueued = 0;
  for (let time = 0; time < restarts; time += 1) {
    const load = new Load(workers);
    await eventually(async () => (await workers.effects()).messages > enqueued, { what: 'work goes on' });
    await restart();
    const backAt = performance.now();
    const before = load.enqueued;
    await eventually(async () => load.enqueued >= before + afterReturn, { what: 'the load goes on' });
    await load.stop();
    enqueued += load.enqueued;
    await eventually(
      async () => {
        const { messages, waiting } = await workers.effects().catch(() => ({ messages: 0, waiting: 1 }));
        return messages >= enqueued && waiting === 0;
      },
      { what: 'the backlog is gone' },
    );
    drains.push(performance.now() - backAt);
  }
  const { effects, messages, dead } = await workers.effects();
  expect({ effects, dead }).toEqual({ effects: messages, dead: 0 });
  for (const { child } of crew) expect(child.exitCode ?? child.signalCode).toBeNull();
  return `${messages} jobs, one effect each, same processes; drained after its return in ${verdict(Math.max(...drains), drainedMs)}`;
}

it('a Postgres that restarts under load loses nothing, and the workers go on by themselves', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'mainstay-restart-'));
  closing.push(() => rm(dir, { recursive: true, force: true }));
  let server = await ensurePostgres({ dir });
  closing.push(() => server.stop());
  await migrate({ connectionString: server.url, folder: resolve('drizzle') });
  // Its port may be taken when it returns; then it has another one.
  const proxy = await TcpProxy.to(server.url);
  closing.push(() => proxy.down());
  const url = proxy.through(server.url);
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on('error', () => {});
  const workers = await Workers.on({ url, pool, drop: () => pool.end() });
  closing.push(() => workers.close());
  figure(
    'Postgres restarted under load (immediate shutdown)',
    await expectSurvival(workers, async () => {
      process.kill(server.pid, 'SIGQUIT');
      await server.lost;
      server = await ensurePostgres({ dir });
      proxy.leadTo(server.url);
    }),
  );
});

const itOnRedis = backends.includes('redis') && !process.env.REDIS_URL ? it : it.skip;

itOnRedis(
  'a Redis that is killed and restarted under load loses nothing, and the workers go on by themselves',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'mainstay-restart-redis-'));
    closing.push(() => rm(dir, { recursive: true, force: true }));
    const port = await freePort();
    let server = await startRedis(dir, port);
    closing.push(() => ended(server));
    const redis = { url: `redis://127.0.0.1:${port}`, release: async () => {} };
    const workers = await Workers.on(await createTestDatabase(), redis);
    closing.push(() => workers.close());
    figure(
      'Redis killed and restarted under load',
      await expectSurvival(workers, async () => {
        await ended(server);
        server = await startRedis(dir, port);
      }),
    );
  },
);

/** With an append-only file, as production needs it: what was written to it survives the end of the process. */
async function startRedis(dir: string, port: number): Promise<ChildProcess> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--appendonly', 'yes'];
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  const client = new Redis({ port, retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => {});
  // While it loads its file it answers LOADING, and ioredis waits for that by itself.
  await client.ping();
  client.disconnect();
  return server;
}

async function ended(server: ChildProcess): Promise<void> {
  const exited = once(server, 'exit');
  server.kill('SIGKILL');
  await exited;
}
