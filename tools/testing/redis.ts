import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../machine/ports.js';

export interface TestRedis {
  url: string;
  stop: () => Promise<void>;
}

/** Milliseconds; a Redis without data answers within a few. */
const PATIENCE_MS = 10_000;

/** A Redis or Valkey of our own on a free loopback port, if one is installed. Durable: it writes its log, as in production. */
export async function startTestRedis({ durable = false } = {}): Promise<TestRedis | undefined> {
  const program = ['redis-server', 'valkey-server'].find(
    (name) => !spawnSync(name, ['--version'], { stdio: 'ignore' }).error,
  );
  if (!program) return undefined;
  const dir = await mkdtemp(join(tmpdir(), 'mainstay-redis-'));
  const port = await freePort();
  // Nothing is kept beyond its end; noeviction is what production needs, because an evicted key is a lost job.
  const settings = {
    port,
    bind: '127.0.0.1',
    dir,
    save: '',
    appendonly: durable ? 'yes' : 'no',
    'maxmemory-policy': 'noeviction',
  };
  const server = launch(
    program,
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
  );
  const stop = async () => {
    server.stdin?.end();
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await answers(port, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `redis://127.0.0.1:${port}`, stop };
}

/** The shell ends the server when our end of its input closes, so that a killed test run leaves none behind. */
function launch(program: string, args: string[]): ChildProcess {
  const script = '"$@" >/dev/null & server=$!; read -r _; kill "$server"; wait "$server"';
  return spawn('/bin/sh', ['-c', script, 'sh', program, ...args], { stdio: ['pipe', 'ignore', 'inherit'] });
}

async function answers(port: number, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await ping(port))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      throw new Error(
        `The Redis for the tests does not answer on port ${port}. Remove it from the PATH or set REDIS_URL.`,
      );
    }
    await delay(20);
  }
}

function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('PING\r\n'));
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('data', (reply) => {
      resolve(reply.toString().startsWith('+PONG'));
      socket.destroy();
    });
    socket.once('error', () => {});
    socket.once('close', () => resolve(false));
  });
}
