import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Config } from '#libs/config';
import { NeedsSession } from '#libs/database';
import { describeError } from '#libs/observability';
import { BackendUnfit } from '../bullmq/queue-backend.js';
import { endProcess } from './end-process.js';
import { JobCompleter } from './job-completer.js';
import { QueueWorkers } from './queue-workers.js';
import { RunningJobs } from './running-jobs.js';

/** The token of what runs for as long as the queues are connected. */
export const backgroundTasks = Symbol('background tasks');

export interface BackgroundTask {
  start(): void;
  stop(): Promise<void>;
}

/**
 * Starts and stops everything that does jobs. Starting goes on in the background until the server of the queues answers, so
 * a worker may come up before its database.
 */
@Injectable()
export class WorkerRunner implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  readonly #log = new Logger(WorkerRunner.name);
  readonly #stopping = new AbortController();
  #started: Promise<void> = Promise.resolve();
  #stopped: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly config: Config,
    private readonly workers: QueueWorkers,
    @Inject(backgroundTasks) private readonly tasks: BackgroundTask[],
    private readonly running: RunningJobs,
    private readonly completer: JobCompleter,
  ) {}

  onApplicationBootstrap(): void {
    this.#started = this.#start().catch((error: unknown) => {
      if (this.#stopping.signal.aborted) return;
      if (error instanceof BackendUnfit || error instanceof NeedsSession) return endProcess(error.message);
      this.#log.error(`The worker cannot do jobs: ${describeError(error)}`);
    });
  }

  /** The first sign of a shutdown: no job is begun from here on. Those that run are waited for later. */
  onModuleDestroy(): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    this.#stopped = Promise.all([...this.tasks.map((task) => task.stop()), this.workers.close()]);
  }

  /** Jobs get their time to end, then their attempts are aborted and released; none of that counts as a failure. */
  async beforeApplicationShutdown(): Promise<void> {
    this.onModuleDestroy();
    await this.#started;
    const drained = new AbortController();
    const drain = sleep(this.config.SHUTDOWN_DRAIN_MS, undefined, { signal: drained.signal });
    void drain.then(
      () => this.running.abortAll('stopping'),
      () => {},
    );
    await this.#stopped;
    await this.completer.idle();
    drained.abort();
    await this.workers.disconnect();
  }

  async #start(): Promise<void> {
    const { signal } = this.#stopping;
    await this.workers.connect(signal);
    if (signal.aborted) return;
    for (const task of this.tasks) task.start();
  }
}
