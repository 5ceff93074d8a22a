import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** Where the compiled code is: `dist` holds what ships, `build` the same code file by file. */
export type Compiled = 'dist' | 'build';

/** The arguments of Node as in the image and its compose file; docs/operations.md has the reasons. */
export const argumentsOf = (app: 'api' | 'worker', compiled: Compiled): string[] => [
  '--enable-source-maps',
  '--max-semi-space-size=4',
  ...(app === 'worker' ? ['--heap-growing-percent=40'] : []),
  '--import',
  `./${compiled}/libs/observability/otel.js`,
  `${compiled}/apps/${app}/main.js`,
];

/** More deaths than this within the window, and a restart mends nothing. */
const MAX_RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;
/** The pause before a restart doubles from the first value to the second. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;

export interface App {
  /** What messages call it. */
  name: string;
  /** What Node is started with. */
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Gets a line when it had to be restarted or killed. */
  warn: (line: string) => void;
  /** Called with the reason when it died too often and stays down. */
  giveUp: (reason: string) => void;
}

/** An app that is started again when it dies, until it is stopped or dies too often. */
export class Child {
  #process: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #stopping = false;
  #deaths: number[] = [];

  constructor(private readonly app: App) {}

  start(): void {
    this.#stopping = false;
    // A restart after a death may be waiting for its turn while a reload starts it already.
    if (this.#process) return;
    // The channel is how the app notices that we are gone, however we went.
    const child = spawn(process.execPath, this.app.args, {
      env: this.app.env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#process = child;
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#process = undefined;
        resolve();
        if (!this.#stopping) void this.#revive(signal ?? `exit code ${code}`);
      });
    });
  }

  /** Asks it to finish what it has begun, and kills it when that takes longer than `patienceMs`. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping = true;
    this.#deaths = [];
    this.#process?.kill('SIGTERM');
    const gaveUp = new AbortController();
    const killed = delay(patienceMs, undefined, { signal: gaveUp.signal }).then(
      () => {
        this.app.warn(`the ${this.app.name} did not stop within ${patienceMs / 1000} s and is killed`);
        this.kill();
      },
      () => {},
    );
    await this.#exited;
    gaveUp.abort();
    await killed;
  }

  kill(): void {
    this.#stopping = true;
    this.#process?.kill('SIGKILL');
  }

  async #revive(reason: string): Promise<void> {
    const now = Date.now();
    this.#deaths = [...this.#deaths.filter((time) => now - time < RESTART_WINDOW_MS), now];
    if (this.#deaths.length > MAX_RESTARTS) {
      this.app.giveUp(
        `the ${this.app.name} died ${this.#deaths.length} times within a minute (${reason}); its last words stand above`,
      );
      return;
    }
    this.app.warn(`the ${this.app.name} died (${reason}) and is started again`);
    await delay(Math.min(FIRST_PAUSE_MS * 2 ** (this.#deaths.length - 1), LONGEST_PAUSE_MS));
    if (!this.#stopping) this.start();
  }
}
