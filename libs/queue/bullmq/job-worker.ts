import { setTimeout as sleep } from 'node:timers/promises';
import type { Processor, WorkerOptions } from 'bullmq';
import type { MessageData } from '../outbox/message.js';
import { fetchEvery } from './fetching.js';
import { type QueueConnection, Worker } from './queue-connection.js';

/** Milliseconds before the next fetch after one that failed: without it, BullMQ tries again at once, for ever. */
const refetchAfter = 1000;

/**
 * Looks for dead workers during one lock. A worker killed just after it renewed its lock holds it to its end; the next
 * look comes a fifth of that later, or two fifths when BullMQ skips one as too early. So with locks of 10 s a job runs again
 * after 14 s at most, and the backlog of a database that restarted under its workers is gone within 15 s.
 */
const looksPerLock = 5;

/**
 * BullMQ would give a job up after this many deaths of its workers, whether or not it moved on between them. The consumer
 * decides instead; this is the highest number that both backends take.
 */
const maxStalledCount = 2 ** 31 - 1;

/** A worker of BullMQ that tells when its server has answered, and that goes on after an outage. */
export class JobWorker extends Worker<MessageData, void> {
  /** Called whenever the server has answered this worker. */
  onAnswer: () => void = () => {};

  constructor(
    name: string,
    process: Processor<MessageData, void>,
    options: WorkerOptions<QueueConnection> & { lockDuration: number },
  ) {
    super(name, process, {
      stalledInterval: options.lockDuration / looksPerLock,
      maxStalledCount,
      drainDelay: fetchEvery,
      runRetryDelay: refetchAfter,
      ...options,
    });
    this.on('error', options.connection.logError);
    for (const event of ['active', 'locksRenewed'] as const) this.on(event, () => this.onAnswer());
  }

  /** Otherwise a worker that waits for a delayed job, or whose connection broke, would not fetch for an hour. */
  override get maximumBlockTimeout(): number {
    return fetchEvery;
  }

  protected override async moveToActive(token: string, name?: string) {
    try {
      const job = await super.moveToActive(token, name);
      this.onAnswer();
      return job;
    } catch (error) {
      await sleep(refetchAfter, undefined, { ref: false });
      throw error;
    }
  }
}
