import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { migrate } from '#libs/database';
import { eventually, TcpProxy } from '#libs/testing';
import { type EmbeddedPostgres, ensurePostgres } from '../../../tools/postgres/embedded-postgres.js';

/** What the standby calls itself, for synchronous_standby_names. */
const standbyName = 'standby';

/** A migrated database, and a standby that follows it. */
export class ReplicatedPostgres {
  private constructor(
    readonly primary: EmbeddedPostgres,
    private readonly standby: EmbeddedPostgres,
    /** Between the two: what is held up here, the standby does not have. */
    readonly link: TcpProxy,
    private readonly dirs: string[],
  ) {}

  /** Synchronous: a commit is acknowledged when the standby has it on its disk. */
  static async create({ isSynchronous }: { isSynchronous: boolean }): Promise<ReplicatedPostgres> {
    const dirs = await Promise.all(['a', 'b'].map((name) => mkdtemp(join(tmpdir(), `mainstay-${name}-`))));
    const [dir = '', copy = ''] = dirs;
    const first = await ensurePostgres({ dir });
    await migrate({ connectionString: first.url, folder: resolve('drizzle') });
    await first.stop();
    await copyCluster(dir, copy);
    const primary = await ensurePostgres({ dir });
    const link = await TcpProxy.to(primary.adminUrl);
    await makeStandby(copy, link.through(primary.adminUrl));
    const pair = new ReplicatedPostgres(primary, await ensurePostgres({ dir: copy }), link, dirs);
    if (isSynchronous)
      await ask(
        primary,
        `alter system set synchronous_standby_names = '${standbyName}'`,
        'select pg_reload_conf()',
      );
    const expected = isSynchronous ? 'sync' : 'async';
    await eventually(async () => (await replication(primary)) === `streaming ${expected}`, {
      what: 'the standby follows',
    });
    return pair;
  }

  /** kill -9 of the primary, and the standby takes its place; its URL. */
  async failOver(): Promise<string> {
    process.kill(this.primary.pid, 'SIGKILL');
    await this.primary.lost;
    await ask(this.standby, 'select pg_promote()');
    return this.standby.url;
  }

  async close(): Promise<void> {
    await this.link.down();
    await this.standby.stop();
    await this.primary.stop();
    await Promise.all(this.dirs.map((dir) => rm(dir, { recursive: true, force: true })));
  }
}

/** With its owner, as the server runs under an account of its own, and without its port. */
async function copyCluster(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true });
  await promisify(execFile)('cp', ['-a', from, to]);
  await rm(join(to, 'port'));
}

/** PostgreSQL manual, 26.2 "Log-Shipping Standby Servers". */
async function makeStandby(dir: string, primaryUrl: string): Promise<void> {
  const { hostname, port, username, password } = new URL(primaryUrl);
  const primary = `host=${hostname} port=${port} user=${username} password=${password} application_name=${standbyName}`;
  const settings = join(dir, 'data', 'postgresql.auto.conf');
  await appendFile(settings, `primary_conninfo = '${primary}'\n`);
  // A copy of any file in the cluster has the right owner; only the existence of this one counts.
  await promisify(execFile)('cp', ['-a', settings, join(dir, 'data', 'standby.signal')]);
}

async function replication(primary: EmbeddedPostgres): Promise<string | undefined> {
  const [row] = await ask(primary, `select state || ' ' || sync_state as now from pg_stat_replication`);
  return row?.now;
}

async function ask(server: EmbeddedPostgres, ...statements: string[]): Promise<{ now?: string }[]> {
  const client = new pg.Client({ connectionString: server.adminUrl });
  client.on('error', () => {});
  await client.connect();
  try {
    let rows: { now?: string }[] = [];
    for (const statement of statements) ({ rows } = await client.query<{ now?: string }>(statement));
    return rows;
  } finally {
    await client.end();
  }
}
