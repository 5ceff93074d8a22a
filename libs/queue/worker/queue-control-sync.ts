import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { queueControls, queueCounts } from '../outbox/queue-controls.schema.js';
import { describeError } from '#libs/observability';
import { WorkerHeartbeat } from '../bullmq/worker-heartbeat.js';
import type { JobQueue, JobWorker } from '../bullmq/queues.js';

/** Milliseconds between two looks: a pause reaches every worker in two seconds, with room for a slow answer. */
const every = 500;

type Control = Pick<typeof queueControls.$inferSelect, 'name' | 'state' | 'maxRunning'>;

interface Steered {
  queue: JobQueue;
  worker: JobWorker;
  /** What BullMQ was last told; nothing before the first time. */
  limit: number | null | undefined;
}

/**
 * Makes the workers of this process do what operators decided. The decision is a row, not BullMQ's own pause: it
 * survives the loss of a Redis, a restart and a release, and is the same on both backends.
 */
@Injectable()
export class QueueControlSync {
  readonly #log = new Logger('Jobs');
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(Database) private readonly db: Database,
    private readonly heartbeat: WorkerHeartbeat,
  ) {}

  /** The workers have not fetched anything yet: they begin with the first look that succeeds. */
  start(queues: JobQueue[], workers: JobWorker[]): void {
    const byName = new Map(queues.map((queue) => [queue.name, queue]));
    this.#running = this.#run(
      workers.map((worker) => ({ worker, queue: byName.get(worker.name)!, limit: undefined })),
    );
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(all: Steered[]): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#steer(all);
        await this.#count(all);
      } catch (error) {
        this.#log.warn(`The queues stay as they are: ${describeError(error)}`);
      }
      await sleep(every, undefined, { signal }).catch(() => {});
    }
  }

  async #steer(all: Steered[]): Promise<void> {
    const { name, state, maxRunning } = queueControls;
    const controls = await this.db.conn.select({ name, state, maxRunning }).from(queueControls);
    const byName = new Map(controls.map((control) => [control.name, control]));
    for (const steered of all) {
      if (this.#stopping.signal.aborted) return;
      await this.#apply(steered, byName.get(steered.queue.name));
    }
  }

  /** The limit before the start, so that no worker fetches without it. */
  async #apply(steered: Steered, control: Control | undefined): Promise<void> {
    const { queue, worker } = steered;
    const limit = control?.maxRunning ?? null;
    if (limit !== steered.limit) await tellLimit(queue, limit);
    steered.limit = limit;
    if (control?.state !== 'paused') {
      if (worker.isPaused() || !worker.isRunning()) await worker.resume();
      return;
    }
    if (!worker.isPaused()) await worker.pause(true);
    // It does not fetch, so it does not beat.
    this.heartbeat.beat(queue.name);
  }

  /** Counting is work for the queue's store: one worker of all does it, every five seconds. */
  async #count(all: Steered[]): Promise<void> {
    const mine = await this.db.conn
      .insert(queueCounts)
      .values(all.map(({ queue: { name } }) => ({ name })))
      .onConflictDoUpdate({
        target: queueCounts.name,
        set: { measuredAt: sql`now()` },
        setWhere: sql`${queueCounts.measuredAt} < now() - interval '5 seconds'`,
      })
      .returning({ name: queueCounts.name });
    const names = new Set(mine.map(({ name }) => name));
    const counted = all.filter(({ queue }) => names.has(queue.name));
    if (counted.length === 0) return;
    // Also told again now and then: a Redis that lost its data has forgotten the limits.
    for (const { queue, limit } of counted) if (typeof limit === 'number') await tellLimit(queue, limit);
    const rows = await Promise.all(counted.map(({ queue }) => measure(queue)));
    const { waiting, active, delayed, oldestWaitingAt } = excluded;
    await this.db.conn
      .insert(queueCounts)
      .values(rows)
      .onConflictDoUpdate({ target: queueCounts.name, set: { waiting, active, delayed, oldestWaitingAt } });
  }
}

const excluded = {
  waiting: sql`excluded.waiting`,
  active: sql`excluded.active`,
  delayed: sql`excluded.delayed`,
  oldestWaitingAt: sql`excluded.oldest_waiting_at`,
};

async function tellLimit(queue: JobQueue, limit: number | null): Promise<void> {
  await (limit === null ? queue.removeGlobalConcurrency() : queue.setGlobalConcurrency(limit));
}

async function measure(queue: JobQueue) {
  const [counts, [oldest]] = await Promise.all([
    queue.getJobCounts('waiting', 'active', 'delayed'),
    queue.getJobs('waiting', 0, 0, true),
  ]);
  const { waiting = 0, active = 0, delayed = 0 } = counts;
  const promisedAt = oldest?.data.headers.enqueued_at;
  return {
    name: queue.name,
    waiting,
    active,
    delayed,
    oldestWaitingAt: promisedAt ? new Date(promisedAt) : null,
  };
}
