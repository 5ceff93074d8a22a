import { Injectable } from '@nestjs/common';
import { Config } from '#libs/config';
import { createPool, Database } from '#libs/database';
import { PeriodicTask } from '#libs/lifecycle';
import { JobQueues } from '../bullmq/job-queue.js';
import { measureRelayBatch } from '../metrics/queue-metrics.js';
import { requeue } from '../outbox/dispatched-messages.js';
import { WorkerHeartbeat } from '../worker-heartbeat.js';
import { MessageDispatcher } from './message-dispatcher.js';
import { batchSize, takeBatch } from './outbox-batch.js';
import { listenForOutbox } from './outbox-listener.js';
import { nextPartitions, partitionsPerBatch } from './partitions.js';

/**
 * Milliseconds between two rounds when no notification comes: the shortest after work, the longest when idle. A job that ends makes
 * room in its partition without a notification, so where partitions have messages the next round comes sooner: it is what
 * the next message of an ordering key waits for.
 */
const shortestPoll = 250;
const shortestPartitionPoll = 10;
const longestPoll = 1000;

/** The part of the heartbeat that stops when the relay does. */
const heartbeatPart = 'relay';

/**
 * Moves messages from the outbox to the queues. They stand in the dispatched messages before a queue has them, so a crash in
 * between loses none: LostMessageRecovery finds what no queue has. Any number of relays share the work (SKIP LOCKED).
 */
@Injectable()
export class OutboxRelay {
  readonly #task = new PeriodicTask(OutboxRelay.name, () => this.#relay());
  readonly #stopping = new AbortController();
  readonly #db: Database;
  #listening: Promise<void> = Promise.resolve();
  #waitMs = shortestPoll;
  #partitions: string[] = [];

  constructor(
    config: Config,
    private readonly queues: JobQueues,
    private readonly dispatcher: MessageDispatcher,
    private readonly heartbeat: WorkerHeartbeat,
  ) {
    heartbeat.expect([heartbeatPart]);
    // One connection to work on, one to listen on, and none shared with BullMQ: two pools that wait for each
    // other would be a deadlock that Postgres cannot see.
    this.#db = new Database(createPool(config.DATABASE_URL, { role: 'worker', max: 2 }), 'relay');
  }

  start(): void {
    this.#listening = listenForOutbox(this.#db.pool, () => this.#task.wake(), this.#stopping.signal);
    this.#task.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#task.stop(), this.#listening]);
    await this.#db.pool.end();
  }

  /** One round over at most {@link partitionsPerBatch} partitions; the next round goes on behind them. */
  async #relay(): Promise<number> {
    const last = this.#partitions.length < partitionsPerBatch ? '' : this.#partitions.at(-1)!;
    this.#partitions = await nextPartitions(this.#db, last);
    const moved = await this.#moveBatch();
    this.heartbeat.beat(heartbeatPart);
    const shortest = this.#partitions.length > 0 ? shortestPartitionPoll : shortestPoll;
    this.#waitMs = moved > 0 ? shortest : Math.min(this.#waitMs * 2, longestPoll);
    const isThrough = moved < batchSize && this.#partitions.length < partitionsPerBatch;
    return isThrough ? this.#waitMs : 0;
  }

  /** Messages of queues that this release does not know stay for a worker that does. */
  async #moveBatch(): Promise<number> {
    const messages = await takeBatch(this.#db, this.queues.names, this.#partitions);
    if (messages.length > 0) measureRelayBatch(messages.length, {});
    const byQueue = Map.groupBy(messages, ({ queue }) => queue);
    try {
      for (const [name, group] of byQueue) {
        await this.dispatcher.dispatch(this.#db, this.queues.get(name), group);
        byQueue.delete(name);
      }
    } catch (error) {
      const ids = [...byQueue.values()].flat().map(({ id }) => id);
      await requeue(this.#db, ids);
      throw error;
    }
    return messages.length;
  }
}
