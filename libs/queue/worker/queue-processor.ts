import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Logger, type Type } from '@nestjs/common';
import type { Job } from 'bullmq';
import type { Config } from '#libs/config';
import type { JobWorker } from '../bullmq/job-worker.js';
import { countLockLost, countStalled } from '../metrics/queue-metrics.js';
import type { MessageData } from '../outbox/message.js';
import { MessageConsumer } from './message-consumer.js';
import { RunningJobs } from './running-jobs.js';

/** Passes the deliveries of one queue to the consumer. @nestjs/bullmq gives it its worker when WorkerRunner registers the workers. */
@Injectable()
export abstract class QueueProcessor extends WorkerHost {
  readonly #log = new Logger(QueueProcessor.name);

  constructor(
    private readonly consumer: MessageConsumer,
    private readonly running: RunningJobs,
  ) {
    super();
  }

  /** The types of @nestjs/bullmq know workers on Redis only. */
  get jobWorker(): JobWorker {
    return this.worker as unknown as JobWorker;
  }

  process(job: Job<MessageData>, token = ''): Promise<void> {
    return this.consumer.process(job, token);
  }

  @OnWorkerEvent('stalled')
  onStalled(): void {
    countStalled({ queue: this.worker.name });
  }

  @OnWorkerEvent('lockRenewalFailed')
  onLockRenewalFailed(ids: string[]): void {
    countLockLost({ queue: this.worker.name }, ids.length);
    for (const id of ids) this.running.abort(id, 'lock-lost');
  }

  /** Comes after a failure that will be retried, too; `finishedOn` tells the last one. */
  @OnWorkerEvent('failed')
  onFailed(job: Job<MessageData> | undefined): void {
    if (!job?.finishedOn) return;
    this.consumer
      .moveToDeadLetters(job)
      .catch(() => this.#log.warn(`${job.name} ${job.id} is left to the sweep of failed jobs.`));
  }
}

/** The processor of one queue. A worker fetches nothing by itself: QueueControlSync starts it when it knows that its queue is not paused. */
export function processorOf(
  queue: string,
  { WORKER_CONCURRENCY, JOB_LOCK_MS }: Pick<Config, 'WORKER_CONCURRENCY' | 'JOB_LOCK_MS'>,
): Type<QueueProcessor> {
  @Processor(queue, {
    autorun: false,
    concurrency: WORKER_CONCURRENCY,
    // Renewed at half of it: an event loop that is blocked for less keeps its jobs.
    lockDuration: JOB_LOCK_MS,
    settings: { backoffStrategy: MessageConsumer.backoff },
  })
  class ProcessorOfQueue extends QueueProcessor {}
  return ProcessorOfQueue;
}
