import { rmSync, writeFileSync } from 'node:fs';
import type { Config } from '#libs/config';
import { migrate } from '#libs/database';
import { logOutput } from '#libs/observability';
import { appVersion, MIGRATIONS } from '../../../commands/support/release.js';
import { type LocalDatabase, openDatabase } from '../../postgres/local-database.js';
import { type Admin, developmentAdmin } from '../dev-admin.js';
import { untilMigrated } from '../new-migrations.js';
import { type App, argumentsOf, Child, type Compiled } from './child.js';
import { devFileOf, preflight } from './preflight.js';
import { waitUntilReady } from './ready.js';

/** What `dev.json` says to the tools of this machine. */
export interface Running {
  api_url: string;
  worker_url: string;
  console_url: string;
  admin: Admin;
}

/** Milliseconds beyond the apps' own time to drain, before they are killed. */
const KILL_MARGIN_MS = 5000;

const say = (line: string) => console.error(`mainstay: ${line}`);

/** Database, API and worker of one development installation: starts them, keeps them running, stops them. */
export class Supervisor {
  readonly #abort = new AbortController();
  readonly #failed = Promise.withResolvers<never>();
  #config: Config | undefined;
  #database: LocalDatabase | undefined;
  #children: Child[] = [];
  #waiting = new AbortController();

  /** Rejects with what happened when it cannot keep things running. */
  readonly failed = this.#failed.promise;

  /** What becomes of an app that dies again and again; the end of everything unless somebody sees to it. */
  giveUp = (reason: string): void => this.#failed.reject(new Error(reason));

  constructor(private readonly compiled: Compiled) {
    // Whoever waits sees the rejection; when nobody does any more, it must not end the process.
    this.failed.catch(() => {});
  }

  /** Brings everything up and returns when both apps answer. Throws with what to do; {@link stop} cleans up after that. */
  async start(given: NodeJS.ProcessEnv): Promise<Running> {
    const { env, config } = await preflight(given);
    this.#config = config;
    const { url, variables } = await this.#openDatabase(env);
    const appEnv = { ...env, ...variables };
    await this.migrate();
    this.#abort.signal.throwIfAborted();
    const admin = await developmentAdmin(url, config.DATA_DIR);
    this.#abort.signal.throwIfAborted();

    const urls = urlsOf(config);
    this.#children = [
      this.#child({ name: 'API', url: urls.api_url, args: argumentsOf('api', this.compiled), env: appEnv }),
      this.#child({
        name: 'worker',
        url: urls.worker_url,
        args: argumentsOf('worker', this.compiled),
        env: appEnv,
      }),
    ];
    await this.#startApps();
    const running = { ...urls, admin };
    writeFileSync(devFileOf(config.DATA_DIR), `${JSON.stringify(running, null, 2)}\n`, { mode: 0o600 });
    return running;
  }

  /** Applies new migrations; mostly there are none. */
  async migrate(): Promise<void> {
    await migrate({
      connectionString: this.#database?.url ?? '',
      folder: MIGRATIONS,
      appVersion: appVersion(),
      log: (line) => console.log(`mainstay: ${line}`),
    });
  }

  /** Resolves when the database has every migration; {@link untilMigrated} tells the developer how. */
  async untilMigrated(): Promise<void> {
    const options = { connectionString: this.#database?.url ?? '', folder: MIGRATIONS };
    await untilMigrated(options, (line) => console.log(`mainstay: ${line}`), this.#abort.signal);
  }

  /** Stops both apps in order and starts what is compiled now. */
  async restart(): Promise<void> {
    await this.#stopApps();
    if (this.#config && !this.#abort.signal.aborted) await this.#startApps();
  }

  /** Ends the wait of a {@link restart} under way; the apps themselves go on. */
  stopWaiting(): void {
    this.#waiting.abort(new Error('another change came before everything was up'));
  }

  /** Makes a {@link start} under way give up at its next step. */
  abort(): void {
    this.#abort.abort(new Error('stopped before everything was up'));
  }

  /** Apps first, so that they can finish their work, then the database. */
  async stop(): Promise<void> {
    this.abort();
    await this.#stopApps();
    if (this.#children.length > 0 && this.#config) rmSync(devFileOf(this.#config.DATA_DIR), { force: true });
    await this.#database?.stop();
  }

  /** For the impatient: ends the apps at once. What they had begun is done again after the next start. */
  hurry(): void {
    for (const child of this.#children) child.kill();
  }

  async #openDatabase(env: NodeJS.ProcessEnv): Promise<LocalDatabase> {
    const database = await openDatabase(env);
    const before = this.#database?.url ?? database.url;
    this.#database = database;
    if (before !== database.url)
      throw new Error('the embedded database lost its port to another program; start again');
    void database.lost.then(async () => {
      if (this.#abort.signal.aborted) return;
      console.error('mainstay: the embedded database died and is started again');
      await this.#openDatabase(env).catch((error: unknown) => this.#failed.reject(error));
    });
    return database;
  }

  #child(app: Pick<App, 'name' | 'url' | 'args' | 'env'>): Child {
    return new Child({
      ...app,
      write: logOutput(process.stdout),
      warn: say,
      giveUp: (reason) => {
        this.#waiting.abort(new Error(reason));
        this.giveUp(reason);
      },
    });
  }

  async #startApps(): Promise<void> {
    for (const child of this.#children) child.start();
    this.#waiting = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, this.#waiting.signal]);
    await Promise.all(
      this.#children.map((child) =>
        waitUntilReady({ ...child.app, progress: () => child.progress, say }, signal),
      ),
    );
  }

  async #stopApps(): Promise<void> {
    const { SHUTDOWN_HOLD_MS = 0, SHUTDOWN_DRAIN_MS = 0 } = this.#config ?? {};
    const patienceMs = SHUTDOWN_HOLD_MS + SHUTDOWN_DRAIN_MS + KILL_MARGIN_MS;
    await Promise.all(this.#children.map((child) => child.stop(patienceMs)));
  }
}

/** The name "localhost" where it leads there: cookies and origins are bound to it. */
function urlsOf({ HOST, PORT, WORKER_PORT }: Config): Omit<Running, 'admin'> {
  const local = ['127.0.0.1', '0.0.0.0', '::1', '::', 'localhost'].includes(HOST);
  const host = local ? 'localhost' : HOST.includes(':') ? `[${HOST}]` : HOST;
  const api_url = `http://${host}:${PORT}`;
  return { api_url, worker_url: `http://${host}:${WORKER_PORT}`, console_url: `${api_url}/console` };
}
