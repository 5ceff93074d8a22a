import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type EmbeddedPostgres, ensurePostgres } from './embedded-postgres.js';

let parent: string;
let dir: string;
const running: EmbeddedPostgres[] = [];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'mainstay-postgres-'));
  // Root's servers run under another account, which has to get here.
  await chmod(parent, 0o755);
  dir = join(parent, 'postgres');
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  await rm(parent, { recursive: true });
});

describe('ensurePostgres', () => {
  it('gives a UTF-8 database to a role that is no superuser', async () => {
    const { url } = await start();
    const [row] = await ask(
      url,
      `SELECT current_setting('server_encoding') AS encoding, rolsuper AS super,
              current_setting('server_version_num')::int / 10000 AS major
         FROM pg_roles WHERE rolname = current_user`,
    );
    expect(row).toEqual({ encoding: 'UTF8', super: false, major: 18 });
  });

  it('keeps data and address over a stop', async () => {
    const first = await start();
    await ask(first.url, 'CREATE TABLE kept AS SELECT 1 AS id');
    await first.stop();
    const second = await start();
    expect(second).toMatchObject({ url: first.url, reused: false });
    expect(await ask(second.url, 'SELECT id FROM kept')).toEqual([{ id: 1 }]);
  });

  it('takes another port when its own was taken meanwhile', async () => {
    const first = await start();
    await first.stop();
    const squatter = createServer().listen(first.port, '127.0.0.1');
    await once(squatter, 'listening');
    const second = await start();
    expect(second.port).not.toBe(first.port);
    squatter.close();
  });

  it('recovers what was committed when the server was killed', async () => {
    const first = await start();
    await ask(first.url, 'CREATE TABLE kept AS SELECT 1 AS id');
    process.kill(first.pid, 'SIGKILL');
    await first.lost;
    const second = await start();
    expect(await ask(second.url, 'SELECT id FROM kept')).toEqual([{ id: 1 }]);
  });

  it('goes on with the server of a launcher that was killed', async () => {
    const launcher = launch();
    const exit = once(launcher, 'exit');
    await once(launcher.stdout as NodeJS.ReadableStream, 'data');
    launcher.kill('SIGKILL');
    await exit;
    const { reused, url } = await start();
    expect(reused).toBe(true);
    expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('stops with the last who uses it', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(other.url).toBe(one.url);
    await one.stop();
    expect(await ask(other.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await other.stop();
    await expect(ask(other.url, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED|terminat/);
  });

  it('begins anew after a kill in the middle of making the cluster', async () => {
    const launcher = launch();
    const exit = once(launcher, 'exit');
    while (!(await readdir(parent)).some((name) => name.startsWith('postgres.init-')));
    launcher.kill('SIGKILL');
    await exit;
    const { url } = await start();
    expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await readdir(parent)).filter((name) => !/^postgres(\.location)?$/.test(name))).toEqual([]);
  });

  it('keeps its password to itself', async () => {
    const { adminUrl } = await start();
    const { password } = new URL(adminUrl);
    expect((await readFile(join(dir, 'password'), 'utf8')).trim()).toBe(password);
    await expect(ask(adminUrl.replace(password, 'guess'), 'SELECT 1')).rejects.toThrow(
      /password authentication failed/,
    );
  });

  it('names the release that can read a cluster of another major version', async () => {
    await mkdir(join(dir, 'data'), { recursive: true });
    await writeFile(join(dir, 'data', 'PG_VERSION'), '16\n');
    await expect(start()).rejects.toThrow(/made by PostgreSQL 16, but PostgreSQL 18 is installed/);
  });
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await ensurePostgres({ dir });
  running.push(server);
  return server;
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end().catch(() => {});
  }
}

/** A launcher of its own that says when the server is up, and would run for ever. */
function launch(): ChildProcess {
  const compiled = pathToFileURL(resolve('build/tools/postgres/embedded-postgres.js')).href;
  const script = `import { ensurePostgres } from '${compiled}'; await ensurePostgres({ dir: ${JSON.stringify(dir)} }); console.log('up'); setInterval(() => {}, 1000);`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
