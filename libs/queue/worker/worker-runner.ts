import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Config } from '#libs/config';
import { declaredQueues } from '../outbox/job-definition.js';
import { countLockLost, countStalled } from '../metrics/queue-metrics.js';
import { QueueControlSync } from './queue-control-sync.js';
import { LostMessageRecovery } from '../relay/lost-message-recovery.js';
import { OutboxRelay } from '../relay/outbox-relay.js';
import { type QueueBackend, BackendUnfit } from '../bullmq/queue-backend.js';
import { MessageConsumer } from './message-consumer.js';
import { endProcess } from './end-process.js';
import { describeError } from '#libs/observability';
import { guardedQueue } from '../bullmq/guarded-queue.js';
import { WorkerHeartbeat } from '../bullmq/worker-heartbeat.js';
import { FailedJobSweep } from './failed-job-sweep.js';
import {
  closeWorker,
  createBackend,
  createQueue,
  createWorker,
  type JobQueue,
  type JobWorker,
} from '../bullmq/queues.js';
import { RunningJobs } from './running-jobs.js';
import { JobCompleter } from './job-completer.js';

/** Milliseconds between two tries to reach the backend at boot. */
const firstWait = 250;
const longestWait = 5000;

/**
 * Starts and stops everything that does jobs. Starting goes on in the background until the backend answers, so
 * a worker may come up before its database. Nothing uses a queue before its own connection has worked once.
 */
@Injectable()
export class WorkerRunner implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  readonly #log = new Logger('Jobs');
  readonly #stopping = new AbortController();
  #backend: QueueBackend | undefined;
  #queues: JobQueue[] = [];
  #workers: JobWorker[] = [];
  #started: Promise<void> = Promise.resolve();
  #closing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly config: Config,
    private readonly consumer: MessageConsumer,
    private readonly running: RunningJobs,
    private readonly relay: OutboxRelay,
    private readonly lostMessages: LostMessageRecovery,
    private readonly steering: QueueControlSync,
    private readonly housekeeping: FailedJobSweep,
    private readonly heartbeat: WorkerHeartbeat,
    private readonly settlements: JobCompleter,
  ) {}

  onApplicationBootstrap(): void {
    const names = declaredQueues();
    this.heartbeat.expect(['relay', ...names]);
    this.#started = this.#start(names).catch((error: unknown) => {
      if (this.#stopping.signal.aborted) return;
      if (error instanceof BackendUnfit) return endProcess(error.message);
      this.#log.error(`The job system cannot start: ${describeError(error)}`);
    });
  }

  /** The first sign of a shutdown: nothing new is begun from here on. What runs is waited for later. */
  onModuleDestroy(): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    this.consumer.stop();
    this.#closing = Promise.all([
      this.relay.stop(),
      this.lostMessages.stop(),
      this.steering.stop(),
      this.housekeeping.stop(),
      ...this.#workers.map(closeWorker),
    ]);
  }

  /** Runs get their time to end, then are aborted and handed back; nothing of theirs counts as a failure. */
  async beforeApplicationShutdown(): Promise<void> {
    this.onModuleDestroy();
    await this.#started;
    const drained = new AbortController();
    const drain = sleep(this.config.SHUTDOWN_DRAIN_MS, undefined, { signal: drained.signal });
    void drain.then(
      () => this.running.abortAll('stopping'),
      () => {},
    );
    await this.#closing;
    await this.settlements.idle();
    drained.abort();
    await Promise.all(this.#queues.map((queue) => queue.close()));
    await this.#backend?.close();
    this.#backend = undefined;
  }

  async #start(names: string[]): Promise<void> {
    const backend = (this.#backend = createBackend(this.config, names.length));
    await this.#reach(backend);
    if (this.#stopping.signal.aborted) return;
    await this.#connect(backend, names);
    if (this.#stopping.signal.aborted) return;
    this.steering.start(this.#queues, this.#workers);
    this.relay.start(this.#queues);
    this.lostMessages.start(this.#queues);
    this.housekeeping.start(this.#queues);
  }

  async #reach(backend: QueueBackend): Promise<void> {
    const { signal } = this.#stopping;
    for (let waitMs = firstWait; !signal.aborted; waitMs = Math.min(waitMs * 2, longestWait)) {
      try {
        return await backend.check();
      } catch (error) {
        if (error instanceof BackendUnfit) throw error;
        const reason = (error as Error).message || 'it does not answer'; // Node's AggregateError has no message.
        this.#log.warn(`Waiting for the queue backend: ${reason}`);
        await sleep(waitMs, undefined, { signal });
      }
    }
  }

  /**
   * BullMQ keeps a failure of a queue's first connection for ever: when Postgres goes away while a worker starts, such a queue
   * would refuse every message from then on, until all are buried.
   */
  async #connect(backend: QueueBackend, names: string[]): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#queues = names.map((name) => guardedQueue(createQueue(backend, name)));
      this.#workers = names.map((name) => this.#createWorker(backend, name));
      const parts = [...this.#queues, ...this.#workers];
      try {
        const ready = Promise.all(parts.map((part) => part.waitUntilReady()));
        await Promise.race([ready, once(signal, 'abort')]);
        return;
      } catch (error) {
        this.#log.warn(`The queues cannot connect and try again: ${describeError(error)}`);
        await Promise.all([...this.#workers.map(closeWorker), ...this.#queues.map((queue) => queue.close())]);
        await sleep(firstWait, undefined, { signal });
      }
    }
  }

  #createWorker(backend: QueueBackend, name: string): JobWorker {
    const worker = createWorker(backend, name, {
      process: (job, token) => this.consumer.process(job, token),
      concurrency: this.config.WORKER_CONCURRENCY,
      lockMs: this.config.JOB_LOCK_MS,
      onAlive: () => this.heartbeat.beat(name),
    });
    worker.on('lockRenewalFailed', (ids) => {
      countLockLost({ queue: name }, ids.length);
      ids.forEach((id) => this.running.abort(id, 'lock-lost'));
    });
    worker.on('stalled', () => countStalled({ queue: name }));
    worker.on('failed', (job) => {
      // Also after a failure that will be retried; finishedOn tells the last one.
      if (!job?.finishedOn) return;
      this.consumer
        .moveToDeadLetters(job)
        .catch(() => this.#log.warn(`${job.name} ${job.id} is left to the housekeeping.`));
    });
    return worker;
  }
}
