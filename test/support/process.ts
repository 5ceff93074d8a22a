import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { eventually } from '#libs/testing';
import { argumentsOf } from '../../tools/dev/supervisor/child.js';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** One installation has the same in all of its processes. */
const secretKeys = randomBytes(32).toString('base64url');

/** A built process of Mainstay, as it runs in production. Needs dist/, which every npm command brings up to date. */
export class AppProcess {
  output = '';
  url = '';
  readonly exited: Promise<Exit>;

  private constructor(readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }) as Exit);
  }

  static start(app: 'api' | 'worker', env: NodeJS.ProcessEnv): AppProcess {
    const child = spawn(process.execPath, argumentsOf(app, 'dist'), {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        NODE_ENV: 'test',
        PORT: '0',
        WORKER_PORT: '0',
        SECRET_KEYS: secretKeys,
        SHUTDOWN_HOLD_MS: '500',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return new AppProcess(child);
  }

  /** Waits until it listens. */
  async listening(): Promise<this> {
    this.url = await eventually(
      async () => {
        if (this.child.exitCode !== null)
          throw new Error(`It ended with ${this.child.exitCode}:\n${this.output}`);
        return /listening on (http:\/\/[^"\s]+)/.exec(this.output)?.[1];
      },
      { what: 'the process to listen' },
    );
    return this;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.exited;
  }
}
