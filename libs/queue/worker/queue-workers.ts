import { once } from 'node:events';
import { BullRegistrar } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import { fetchEvery } from '../bullmq/fetching.js';
import { type JobQueue, JobQueues } from '../bullmq/job-queue.js';
import type { JobWorker } from '../bullmq/job-worker.js';
import { QueueConnection } from '../bullmq/queue-connection.js';
import { WorkerHeartbeat } from '../worker-heartbeat.js';
import type { QueueProcessor } from './queue-processor.js';

/** The token of the processors, one for each queue. */
export const queueProcessors = Symbol('queue processors');

export interface QueueWorker {
  queue: JobQueue;
  worker: JobWorker;
}

/** The workers of BullMQ in this process, one for each queue. */
@Injectable()
export class QueueWorkers {
  #all: QueueWorker[] = [];

  constructor(
    private readonly connection: QueueConnection,
    private readonly registrar: BullRegistrar,
    private readonly queues: JobQueues,
    @Inject(queueProcessors) private readonly processors: QueueProcessor[],
    private readonly heartbeat: WorkerHeartbeat,
  ) {
    heartbeat.expect(queues.names, fetchEvery * 1000);
  }

  /** Nothing before {@link connect} has built them. */
  get all(): readonly QueueWorker[] {
    return this.#all;
  }

  /**
   * Resolves when the server has answered, @nestjs/bullmq has built the workers, and the first connection of each queue and worker has
   * worked; or when the signal aborts. Rejects as {@link QueueConnection.open} does.
   */
  async connect(signal: AbortSignal): Promise<void> {
    await this.connection.open(signal);
    if (signal.aborted) return;
    this.registrar.register();
    this.#all = this.processors.map(({ jobWorker: worker }) => ({
      worker,
      queue: this.queues.get(worker.name),
    }));
    for (const { worker } of this.#all) worker.onAnswer = () => this.heartbeat.beat(worker.name);
    const parts = this.#all.flatMap(({ queue, worker }) => [queue, worker]);
    const areReady = Promise.all(parts.map((part) => part.waitUntilReady()));
    await Promise.race([areReady, once(signal, 'abort')]);
  }

  /** Stops fetching, and resolves when no job runs any more. */
  async close(): Promise<void> {
    await Promise.all(this.#all.map(({ worker }) => worker.close()));
  }

  /** To be called when the workers are closed and nothing uses the queues any more. */
  async disconnect(): Promise<void> {
    await Promise.all(this.queues.all.map((queue) => queue.close()));
    await this.connection.close();
  }
}
