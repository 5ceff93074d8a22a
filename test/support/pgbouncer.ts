import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '#libs/testing';
import { freePort } from '../../tools/machine/ports.js';

/** The program of Debian's package; it is missing on many machines. */
export const hasPgBouncer = Boolean(process.env.TEST_PGBOUNCER);

/** A PgBouncer between a test and its database. */
export class PgBouncer {
  private constructor(
    /** The URL of the same database through it. */
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly dir: string,
  ) {}

  static async before(databaseUrl: string, mode: 'session' | 'transaction'): Promise<PgBouncer> {
    const url = new URL(databaseUrl);
    const { hostname, port, username, password } = url;
    const dir = await mkdtemp(join(tmpdir(), 'mainstay-pgbouncer-'));
    const listenPort = await freePort();
    await writeFile(join(dir, 'users'), `"${username}" "${decodeURIComponent(password)}"\n`);
    await writeFile(
      join(dir, 'ini'),
      `[databases]
* = host=${hostname} port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = trust
auth_file = ${join(dir, 'users')}
pool_mode = ${mode}
default_pool_size = 30
max_client_conn = 200
`,
    );
    // As root it becomes another user, who has to read its files.
    await chmod(dir, 0o755);
    const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
    const child = spawn('pgbouncer', ['-q', ...account, join(dir, 'ini')], { stdio: 'ignore' });
    url.port = String(listenPort);
    const bouncer = new PgBouncer(url.href, child, dir);
    await eventually(() => answers(listenPort), { what: 'PgBouncer listens' });
    return bouncer;
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
    await rm(this.dir, { recursive: true });
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
