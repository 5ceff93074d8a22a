import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '#libs/testing';

/** What dev.json says. */
interface Running {
  api_url: string;
  worker_url: string;
  console_url: string;
  admin: { email: string; password: string };
}

/** `npm start` or `npm run dev`, with a data directory of its own. */
export class Development {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'mainstay-development-'));
  output = '';
  readonly #launcher: ChildProcess;
  readonly #exited: Promise<unknown>;

  /** `root` is the repository, or a copy of it. */
  constructor(command: 'start' | 'dev', env: NodeJS.ProcessEnv = {}, root = '.') {
    // Root's Postgres runs under another account, which has to get here.
    chmodSync(this.dataDir, 0o755);
    this.#launcher = spawn(process.execPath, ['tools/run.mjs', command], {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        DATA_DIR: this.dataDir,
        PORT: '0',
        WORKER_PORT: '0',
        SHUTDOWN_HOLD_MS: '0',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#launcher.stdout, this.#launcher.stderr])
      stream!.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.#exited = once(this.#launcher, 'exit');
  }

  /** Waits for a line that begins like this, or for so many, and returns all lines so far. */
  async says(beginning: string, times = 1): Promise<string[]> {
    const isThere = () =>
      this.output.split('\n').filter((line) => line.startsWith(beginning)).length >= times;
    await eventually(
      async () => {
        if (this.#launcher.exitCode !== null && !isThere()) throw new Error(`It ended:\n${this.output}`);
        return isThere();
      },
      { what: `the line "${beginning}"` },
    );
    return this.output.trimEnd().split('\n');
  }

  get running(): Running {
    return JSON.parse(readFileSync(join(this.dataDir, 'dev.json'), 'utf8')) as Running;
  }

  async stop(): Promise<void> {
    this.#launcher.kill('SIGTERM');
    await this.#exited;
    rmSync(this.dataDir, { recursive: true });
  }
}
