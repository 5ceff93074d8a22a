import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { type IQueueBackend, Queue, Worker, type WorkerOptions } from 'bullmq';
import type { Config } from '#libs/config';
import type { QueueBackend } from './queue-backend.js';
import { MessageConsumer } from '../worker/message-consumer.js';
import type { MessageData } from '../outbox/message.js';
import { postgresBackend } from './postgres-backend.js';
import { redisBackend } from './redis-backend.js';

const log = new Logger('Jobs');

export type JobQueue = Queue<MessageData, void, string, MessageData, void, string, IQueueBackend>;
export type JobWorker = Worker<MessageData, void, string, IQueueBackend>;

/**
 * Looks for dead workers during one lock. A worker killed just after it renewed its lock holds it to its end; the next
 * look comes a fifth of that later, or two fifths when BullMQ skips one as too early. So with locks of 10 s a job runs again
 * after 14 s at most, and the backlog of a database that restarted under its workers is gone within 15 s.
 */
const looksPerLock = 5;

/** Workers that a job may kill before it is taken for the cause. */
const maxStalledCount = 5;

/** Milliseconds before the next fetch after one that failed: without it, BullMQ tries again at once, for ever. */
const refetchAfter = 1000;

/** Seconds between two fetches of an idle worker: each is a heartbeat. */
const fetchEvery = 5;

/** Milliseconds to wait at a stop for a worker that has only just been made; the backend may be away. */
const readyWithin = 2000;

export function createBackend(config: Config, queueCount: number): QueueBackend {
  return config.REDIS_URL ? redisBackend(config.REDIS_URL, config) : postgresBackend(config, queueCount);
}

export function createQueue(backend: QueueBackend, name: string): JobQueue {
  // What is done stands in the inbox, and in its operation. To keep it in the queue as well takes a quarter of Redis's time.
  const defaultJobOptions = { removeOnComplete: true, stackTraceLimit: 1 };
  const queue: JobQueue = new Queue(name, { connection: {} as never, defaultJobOptions }, (queue, options) =>
    backend.make(queue, options as never),
  );
  return queue.on('error', reportError);
}

/** A worker that calls `onAlive` whenever the backend has answered it. */
export function createWorker(
  backend: QueueBackend,
  name: string,
  {
    process,
    concurrency,
    lockMs,
    onAlive,
  }: { process: MessageConsumer['process']; concurrency: number; lockMs: number; onAlive: () => void },
): JobWorker {
  const options: WorkerOptions<never> = {
    connection: {} as never,
    // Not before QueueControlSync knows that its queue is not paused.
    autorun: false,
    concurrency,
    // Renewed at half of it: an event loop that is blocked for less keeps its jobs.
    lockDuration: lockMs,
    stalledInterval: lockMs / looksPerLock,
    maxStalledCount,
    drainDelay: fetchEvery,
    runRetryDelay: refetchAfter,
    settings: { backoffStrategy: MessageConsumer.backoff },
  };
  const worker: JobWorker = new Worker(
    name,
    (job, token = '') => process(job, token),
    options,
    (queue, given) =>
      reportingFetches(backend.make(queue, given as never, { withBlockingConnection: true }), onAlive),
  );
  return worker.on('locksRenewed', onAlive).on('active', onAlive).on('error', reportError);
}

/**
 * Stops fetching, and waits for the runs to end. On Postgres a worker that is closed before it has named its
 * connection takes one from the pool afterwards, and the pool never ends.
 */
export async function closeWorker(worker: JobWorker): Promise<void> {
  const ready = worker.waitUntilReady().catch(() => {});
  await Promise.race([ready, sleep(readyWithin, undefined, { ref: false })]);
  await worker.close();
}

/**
 * Without a listener BullMQ prints the whole error object, connection and password included. What the error
 * means shows elsewhere: fetches fail, heartbeats stop.
 */
function reportError({ message }: Error): void {
  log.debug(`BullMQ: ${message}`);
}

function reportingFetches(backend: IQueueBackend, onAlive: () => void): IQueueBackend {
  const fetch = backend.moveToActive.bind(backend);
  backend.moveToActive = async (...args) => {
    try {
      const fetched = await fetch(...args);
      onAlive();
      return fetched;
    } catch (error) {
      await sleep(refetchAfter, undefined, { ref: false });
      throw error;
    }
  };
  // Otherwise a worker that waits for a delayed job, or whose connection broke, would not fetch for an hour.
  Object.defineProperty(backend, 'maximumBlockTimeout', { value: fetchEvery });
  return backend;
}
