import type { BulkJobOptions, JobsOptions, QueueOptions } from 'bullmq';
import { refuseInTransaction } from '#libs/database';
import type { MessageData } from '../outbox/message.js';
import { Queue, type QueueConnection } from './queue-connection.js';

/** The inbox and the operation record that a job is done. Keeping the job in the queue as well takes a quarter of Redis's time. */
const defaultJobOptions = { removeOnComplete: true, stackTraceLimit: 1 };

/** A queue of BullMQ, to which jobs are added outside transactions only: a job added inside one would be there although the work is undone. */
export class JobQueue extends Queue<MessageData, void> {
  constructor(name: string, options: QueueOptions<QueueConnection>) {
    super(name, { ...options, defaultJobOptions });
    this.on('error', options.connection.logError);
  }

  override add(name: string, data: MessageData, options?: JobsOptions) {
    refuseInTransaction('Queue.add');
    return super.add(name, data, options);
  }

  override addBulk(jobs: { name: string; data: MessageData; opts?: BulkJobOptions }[]) {
    refuseInTransaction('Queue.addBulk');
    return super.addBulk(jobs);
  }
}

/** The queues of this process: those that its declared jobs name. */
export class JobQueues {
  readonly names: string[];
  readonly #byName: Map<string, JobQueue>;

  constructor(readonly all: readonly JobQueue[]) {
    this.names = all.map(({ name }) => name);
    this.#byName = new Map(all.map((queue) => [queue.name, queue]));
  }

  /** Throws for a queue that no declared job names. */
  get(name: string): JobQueue {
    const queue = this.#byName.get(name);
    if (!queue) throw new Error(`No job declares the queue ${name}.`);
    return queue;
  }
}
