import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Config } from '#libs/config';
import { createPool, Database } from '#libs/database';
import { measureRelayBatch } from '../metrics/queue-metrics.js';
import type { JobQueue } from '../bullmq/queues.js';
import { describeError } from '#libs/observability';
import { WorkerHeartbeat } from '../bullmq/worker-heartbeat.js';
import { batchSize, takeBatch } from './outbox-batch.js';
import { AsyncSignal } from '#libs/lifecycle';
import { MessageDispatcher } from './message-dispatcher.js';
import { requeue } from '../outbox/dispatched-messages.js';
import { partitionsPerBatch, nextPartitions } from '../outbox/partitions.js';
import { listenForOutbox } from './outbox-listener.js';

/**
 * Milliseconds between two looks when no notification comes: the shortest after work, the longest when idle. Nobody
 * notifies when there is room on a partition again, so where partitions have messages the next look comes sooner: it is what
 * the next message of an ordering key waits for.
 */
const shortestPoll = 250;
const shortestPartitionPoll = 10;
const longestPoll = 1000;

/** Milliseconds to wait after a round that failed. */
const afterFailure = 1000;

/**
 * Moves promises from the outbox to the queues. They stand in the dispatched messages before a queue has them, so a crash in
 * between loses none: LostMessageRecovery finds what no queue has. Any number of relays share the work (SKIP LOCKED).
 */
@Injectable()
export class OutboxRelay {
  readonly #log = new Logger('Jobs');
  readonly #stopping = new AbortController();
  readonly #bell = new AsyncSignal();
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: Config,
    private readonly handOver: MessageDispatcher,
    private readonly heartbeat: WorkerHeartbeat,
  ) {}

  start(queues: JobQueue[]): void {
    // One connection to work on, one to listen on, and none shared with BullMQ: two pools that wait for each
    // other would be a deadlock that Postgres cannot see.
    const pool = createPool(this.config.DATABASE_URL, { role: 'worker', max: 2 });
    const byName = new Map(queues.map((queue) => [queue.name, queue]));
    this.#running = this.#run(pool, byName, this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#bell.notify();
    await this.#running;
  }

  async #run(pool: Database['pool'], queues: Map<string, JobQueue>, signal: AbortSignal): Promise<void> {
    try {
      await Promise.all([
        this.#relay(new Database(pool), queues, signal),
        listenForOutbox(pool, () => this.#bell.notify(), signal),
      ]);
    } finally {
      await pool.end();
    }
  }

  async #relay(db: Database, queues: Map<string, JobQueue>, signal: AbortSignal): Promise<void> {
    let waitMs = shortestPoll;
    let partitions: string[] = [];
    while (!signal.aborted) {
      try {
        partitions = await nextPartitions(
          db,
          partitions.length < partitionsPerBatch ? '' : partitions.at(-1)!,
        );
        const moved = await this.#moveBatch(db, queues, partitions);
        this.heartbeat.beat('relay');
        const shortest = partitions.length > 0 ? shortestPartitionPoll : shortestPoll;
        waitMs = moved > 0 ? shortest : Math.min(waitMs * 2, longestPoll);
        if (moved < batchSize && partitions.length < partitionsPerBatch) await this.#bell.wait(waitMs);
      } catch (error) {
        this.#log.warn(`The relay failed and tries again in a second: ${describeError(error)}`);
        await sleep(afterFailure, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** Rows of queues that this release does not know stay for a worker that does. */
  async #moveBatch(db: Database, queues: Map<string, JobQueue>, partitions: string[]): Promise<number> {
    const messages = await takeBatch(db, [...queues.keys()], partitions);
    if (messages.length > 0) measureRelayBatch(messages.length, {});
    const waiting = Map.groupBy(messages, ({ queue }) => queue);
    try {
      for (const [name, group] of waiting) {
        await this.handOver.dispatch(db, queues.get(name)!, group);
        waiting.delete(name);
      }
    } catch (error) {
      const ids = [...waiting.values()].flat().map(({ id }) => id);
      await requeue(db, ids);
      throw error;
    }
    return messages.length;
  }
}
