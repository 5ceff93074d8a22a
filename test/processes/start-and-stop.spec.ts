import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, TcpProxy, type TestDatabase } from '#libs/testing';
import { dearHashing } from '../support/hashing.js';
import { AppProcess } from '../support/process.js';
import { describeWithQuota, processorQuota, stopUnder } from '../support/stops.js';

let db: TestDatabase;
let env: NodeJS.ProcessEnv;
const started: AppProcess[] = [];
const proxies: TcpProxy[] = [];
const proxied = async () => {
  const proxy = await TcpProxy.to(db.url);
  proxies.push(proxy);
  return proxy;
};
const start = (app: 'api' | 'worker', more: NodeJS.ProcessEnv = {}) => {
  const process = AppProcess.start(app, { ...env, ...more });
  started.push(process);
  return process;
};

beforeAll(async () => {
  db = await createTestDatabase();
  env = {
    DATABASE_URL: db.url,
    ...dearHashing,
    RATE_LIMIT_AUTH: '1000/60',
  };
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((process) => process.stop('SIGKILL')));
  await Promise.all(proxies.splice(0).map((proxy) => proxy.down()));
});
afterAll(() => db.drop());

const status = async (url: string, init?: RequestInit) => (await fetch(url, init)).status;
const wrongSignIn: RequestInit = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ email: 'nobody@example.com', password: 'nobody knows it' }),
};

describe('a stop', () => {
  it('answers every request that had come, tells the balancer first, and exits with 0', async () => {
    const api = await start('api').listening();
    const answers = Array.from({ length: 20 }, () => fetch(`${api.url}/v1/sessions`, wrongSignIn));
    await eventually(async () => (await status(`${api.url}/health/live`)) === 200);
    const exit = api.stop();
    const draining = await eventually(async () => {
      const response = await fetch(`${api.url}/health/ready`);
      return response.status === 503 && response;
    });
    expect(draining.headers.get('connection')).toBe('close');
    expect((await draining.json()) as object).toMatchObject({ code: 'health.not-ready' });
    expect(await status(`${api.url}/health/live`)).toBe(200);
    expect(await exit).toEqual({ code: 0, signal: null });
    for (const answer of answers) expect((await answer).status).toBe(401);
  });

  it('waits for no client that opened a connection in advance', async () => {
    const api = await start('api').listening();
    const { port } = new URL(api.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    expect(await api.stop()).toEqual({ code: 0, signal: null });
    expect(api.output).not.toContain('not stopped');
    socket.destroy();
  });

  it('of a worker exits with 0 too', async () => {
    const worker = await start('worker').listening();
    await eventually(async () => (await status(`${worker.url}/health/ready`)) === 200);
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
  });

  it('happens by itself when the launcher is gone', async () => {
    const api = await start('api').listening();
    api.child.disconnect();
    expect(await api.exited).toEqual({ code: 0, signal: null });
  });
});

describeWithQuota('a stop with a fifth of a processor', () => {
  it('cuts off no request that had reached the machine', async () => {
    const api = await start('api').listening();
    const quota = processorQuota(0.2)!;
    quota.limit(api.child.pid!);
    const { answers, code } = await stopUnder(api, 40);
    quota.remove();
    expect({ answers: new Set(answers), code }).toEqual({ answers: new Set(['422']), code: 0 });
  });
});

describe('a start', () => {
  it.each(['api', 'worker'] as const)(
    'of the %s fails with every wrong variable named at once',
    async (app) => {
      const bad = {
        NODE_ENV: 'prod',
        PORT: 'x',
        WORKER_PORT: '70000',
        DATABASE_URL: 'mysql://db/mainstay',
        REDIS_URL: 'http://cache',
        SECRET_KEYS: 'short',
        LOG_LEVEL: 'loud',
        TRUSTED_PROXIES: '10.0.0.0/33',
      };
      const failed = start(app, bad);
      expect((await failed.exited).code).toBe(1);
      const named = () => [...failed.output.matchAll(/^ {2}- (\w+): /gm)].map(([, name = '']) => name);
      // The last words of a process may be read after its end.
      await eventually(async () => named().length >= Object.keys(bad).length, { what: 'the names' });
      expect(named().toSorted()).toEqual(Object.keys(bad).toSorted());
    },
  );

  it('names a variable that nobody reads but that is nearly one of ours', async () => {
    const api = await start('api', { SHUTDOWN_DRIAN_MS: '1' }).listening();
    expect(
      api.output.match(/SHUTDOWN_DRIAN_MS is set, but nothing reads it; is SHUTDOWN_DRAIN_MS meant\?/g),
    ).toHaveLength(1);
  });

  it('fails with the number of a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as { port: number };
      const api = start('api', { PORT: String(port) });
      expect((await api.exited).code).toBe(1);
      expect(api.output).toContain(`Port ${port} is in use`);
    } finally {
      server.close();
    }
  });

  it('waits for a database that is not there yet, and needs no second start', async () => {
    const proxy = await proxied();
    const through = { DATABASE_URL: proxy.through(db.url) };
    await proxy.down();
    const [api, worker] = await Promise.all([
      start('api', through).listening(),
      start('worker', through).listening(),
    ]);
    for (const { url } of [api, worker]) {
      expect(await status(`${url}/health/live`)).toBe(200);
      expect(await status(`${url}/health/ready`)).toBe(503);
    }
    const refused = await fetch(`${api.url}/v1/sessions`, wrongSignIn);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await proxy.up();
    for (const { url } of [api, worker]) {
      await eventually(async () => (await status(`${url}/health/ready`)) === 200, {
        what: `${url} to be ready`,
      });
    }
    await api.stop();
    await worker.stop();
  });
});

describe('a database that hangs', () => {
  it('makes requests fail with 503, and is forgotten when it is back', async () => {
    const proxy = await proxied();
    const api = await start('api', { DATABASE_URL: proxy.through(db.url) }).listening();
    const ask = () => fetch(`${api.url}/v1/sessions`, wrongSignIn);
    expect((await ask()).status).toBe(401);
    proxy.hang();
    // The database says nothing: it is the API that gives up (query_timeout in libs/database/pool.ts).
    expect((await ask()).status).toBe(503);
    expect(await status(`${api.url}/health/live`)).toBe(200);
    proxy.resume();
    await eventually(async () => (await ask()).status === 401);
    await api.stop();
  });
});
