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
import { eventually, figure } from '#libs/testing';
import { ensurePostgres } from '../../tools/postgres/embedded-postgres.js';
import { freePort } from '../../tools/machine/ports.js';
import { sized } from './support/size.js';
import { backends, Workers } from './support/workers.js';

const restarts = sized(1, 3);

/** Milliseconds, from the issue of this promise: a backlog is gone this long after its database is back. */
const drainedMs = 15_000;

/** Jobs of one transaction and milliseconds between two: a steady load, far below what a worker can do. */
const batch = 10;
const every = 50;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Promises jobs until it is told to stop; what could not be committed was not promised. Returns how many were. */
async function load(workers: Workers, signal: AbortSignal): Promise<number> {
  let promised = 0;
  while (!signal.aborted) {
    promised += await workers.promise(batch).then(
      () => batch,
      () => 0,
    );
    await sleep(every);
  }
  return promised;
}

/** Restarts something under load, as often as it takes, and returns the slowest drain in milliseconds. */
async function expectSurvival(workers: Workers, restart: () => Promise<void>): Promise<string> {
  const crew = await Promise.all([workers.start(), workers.start()]);
  const drains: number[] = [];
  let promised = 0;
  for (let time = 0; time < restarts; time += 1) {
    const over = new AbortController();
    const loaded = load(workers, over.signal);
    await eventually(async () => (await workers.effects()).messages > promised, { what: 'work goes on' });
    await restart();
    const backAt = performance.now();
    await sleep(1000); // The load goes on for a second after the return: that backlog counts too.
    over.abort();
    promised += await loaded;
    await eventually(
      async () => {
        const { messages, waiting } = await workers.effects().catch(() => ({ messages: 0, waiting: 1 }));
        return messages >= promised && waiting === 0;
      },
      { what: 'the backlog is gone', withinMs: drainedMs },
    );
    drains.push(performance.now() - backAt);
  }
  const { effects, messages, dead } = await workers.effects();
  expect({ effects, dead }).toEqual({ effects: messages, dead: 0 });
  for (const { child } of crew) expect(child.exitCode ?? child.signalCode).toBeNull();
  for (const drained of drains) expect(drained).toBeLessThan(drainedMs);
  const slowest = Math.round(Math.max(...drains));
  return `${messages} jobs, one effect each, same processes; drained ${slowest} ms after its return`;
}

it('a Postgres that restarts under load loses nothing, and the workers go on by themselves', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'mainstay-restart-'));
  closing.push(() => rm(dir, { recursive: true, force: true }));
  let server = await ensurePostgres({ dir });
  closing.push(() => server.stop());
  await migrate({ connectionString: server.url, folder: resolve('drizzle') });
  const pool = new pg.Pool({ connectionString: server.url, max: 4 });
  pool.on('error', () => {});
  const workers = await Workers.on({ url: server.url, pool, drop: () => pool.end() });
  closing.push(() => workers.close());
  figure(
    'Postgres restarted under load (immediate shutdown)',
    await expectSurvival(workers, async () => {
      process.kill(server.pid, 'SIGQUIT');
      await server.lost;
      server = await ensurePostgres({ dir });
    }),
  );
}, 240_000);

const itOnRedis = backends.includes('redis') && !process.env.REDIS_URL ? it : it.skip;

itOnRedis(
  'a Redis that is killed and restarted under load loses nothing, and the workers go on by themselves',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'mainstay-restart-redis-'));
    closing.push(() => rm(dir, { recursive: true, force: true }));
    const port = await freePort();
    let server = await startRedis(dir, port);
    closing.push(() => ended(server));
    const workers = await Workers.create('redis', `redis://127.0.0.1:${port}`);
    closing.push(() => workers.close());
    figure(
      'Redis killed and restarted under load',
      await expectSurvival(workers, async () => {
        await ended(server);
        server = await startRedis(dir, port);
      }),
    );
  },
  240_000,
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
