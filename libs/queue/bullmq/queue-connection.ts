import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { type BackendFactory, type IQueueBackend, withBackend } from 'bullmq';
import { Config } from '#libs/config';
import { NeedsSession } from '#libs/database';
import { declaredQueues } from '../outbox/job-definition.js';
import { connectionClosed } from './connection-closed.js';
import { lateBackend } from './late-backend.js';
import { postgresBackend } from './postgres-backend.js';
import { BackendUnfit, type QueueBackend } from './queue-backend.js';
import { redisBackend } from './redis-backend.js';

/** Milliseconds between two tries to reach the server: the wait doubles from the first to the longest. */
const firstWait = 250;
const longestWait = 5000;

/** The `connection` of every queue and worker of this process: to Postgres, or to Redis with REDIS_URL. Nothing connects before {@link open}. */
@Injectable()
export class QueueConnection {
  readonly #log = new Logger(QueueConnection.name);
  readonly #opened = Promise.withResolvers<void>();
  readonly #backend: QueueBackend;

  constructor(config: Config) {
    this.#backend = config.REDIS_URL
      ? redisBackend(config.REDIS_URL, config)
      : postgresBackend(config, declaredQueues().length);
    this.#opened.promise.catch(() => {}); // Each backend that waits for it rejects.
  }

  /**
   * Tries until the server answers and has the right schema; queues and workers connect then. Rejects with {@link BackendUnfit}
   * or {@link NeedsSession} when waiting does not help, and with the reason of the signal when it aborts.
   */
  async open(signal: AbortSignal): Promise<void> {
    for (let waitMs = firstWait; ; waitMs = Math.min(waitMs * 2, longestWait)) {
      signal.throwIfAborted();
      try {
        await this.#backend.check();
        return this.#opened.resolve();
      } catch (error) {
        if (error instanceof BackendUnfit || error instanceof NeedsSession) throw error;
        const reason = (error as Error).message || 'it does not answer'; // Node's AggregateError has no message.
        this.#log.warn(`Waiting for the queue backend: ${reason}`);
        await sleep(waitMs, undefined, { signal });
      }
    }
  }

  readonly createBackend: BackendFactory<IQueueBackend, QueueConnection> = (queue, options, more) =>
    lateBackend(queue, this.#opened.promise, () => this.#backend.create(queue, options as never, more));

  /**
   * The listener of every queue and worker: without one BullMQ prints the whole error object, connection and password included. What
   * the error means shows elsewhere: fetches fail, heartbeats stop.
   */
  readonly logError = ({ message }: Error): void => {
    this.#log.debug(`BullMQ: ${message}`);
  };

  /** To be called when the queues and the workers are closed. */
  async close(): Promise<void> {
    this.#opened.reject(connectionClosed());
    await this.#backend.close();
  }
}

/** BullMQ's classes, of which the `connection` is a {@link QueueConnection}. */
export const { Queue, Worker } = withBackend<IQueueBackend, QueueConnection>((name, options, more) =>
  options.connection.createBackend(name, options, more),
);
