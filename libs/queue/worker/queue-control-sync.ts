import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { PeriodicTask } from '#libs/lifecycle';
import type { JobQueue } from '../bullmq/job-queue.js';
import { queueControls, queueCounts } from '../queue-controls.schema.js';
import { WorkerHeartbeat } from '../worker-heartbeat.js';
import { type QueueWorker, QueueWorkers } from './queue-workers.js';

/** Milliseconds between two rounds: a pause reaches every worker in two seconds, with room for a slow answer. */
const every = 500;

type Control = Pick<typeof queueControls.$inferSelect, 'name' | 'state' | 'maxRunning'>;

/**
 * Makes the workers of this process do what operators decided. The decision is a row, not BullMQ's own pause: it
 * survives the loss of a Redis, a restart and a release, and is the same on both backends.
 */
@Injectable()
export class QueueControlSync {
  readonly #task = new PeriodicTask(QueueControlSync.name, async (signal) => {
    await this.#applyControls(signal);
    await this.#countJobs();
    return every;
  });
  /** The limits that BullMQ was last told, by queue. */
  readonly #limits = new Map<string, number | null>();

  constructor(
    private readonly db: Database,
    private readonly workers: QueueWorkers,
    private readonly heartbeat: WorkerHeartbeat,
  ) {}

  /** The workers have not fetched anything yet: they begin in the first round that succeeds. */
  start(): void {
    this.#task.start();
  }

  stop(): Promise<void> {
    return this.#task.stop();
  }

  async #applyControls(signal: AbortSignal): Promise<void> {
    const { name, state, maxRunning } = queueControls;
    const controls = await this.db.conn.select({ name, state, maxRunning }).from(queueControls);
    const byName = new Map(controls.map((control) => [control.name, control]));
    for (const queueWorker of this.workers.all) {
      if (signal.aborted) return;
      await this.#apply(queueWorker, byName.get(queueWorker.queue.name));
    }
  }

  /** The limit comes before the start, so that no worker fetches without it. */
  async #apply({ queue, worker }: QueueWorker, control: Control | undefined): Promise<void> {
    const limit = control?.maxRunning ?? null;
    if (limit !== this.#limits.get(queue.name)) await setLimit(queue, limit);
    this.#limits.set(queue.name, limit);
    if (control?.state !== 'paused') {
      if (worker.isPaused() || !worker.isRunning()) await worker.resume();
      return;
    }
    if (!worker.isPaused()) await worker.pause(true);
    // A paused worker does not fetch, so it does not beat.
    this.heartbeat.beat(queue.name);
  }

  /** Counting is work for the server of the queue: one worker of all does it, every five seconds. */
  async #countJobs(): Promise<void> {
    const queues = this.workers.all.map(({ queue }) => queue);
    const mine = await this.db.conn
      .insert(queueCounts)
      .values(queues.map(({ name }) => ({ name })))
      .onConflictDoUpdate({
        target: queueCounts.name,
        set: { measuredAt: sql`now()` },
        setWhere: sql`${queueCounts.measuredAt} < now() - interval '5 seconds'`,
      })
      .returning({ name: queueCounts.name });
    const names = new Set(mine.map(({ name }) => name));
    const counted = queues.filter(({ name }) => names.has(name));
    if (counted.length === 0) return;
    await this.#repeatLimits(counted);
    const rows = await Promise.all(counted.map(measure));
    const { waiting, active, delayed, oldestWaitingAt } = excluded;
    await this.db.conn
      .insert(queueCounts)
      .values(rows)
      .onConflictDoUpdate({ target: queueCounts.name, set: { waiting, active, delayed, oldestWaitingAt } });
  }

  /** A Redis that lost its data has forgotten the limits. */
  async #repeatLimits(queues: JobQueue[]): Promise<void> {
    for (const queue of queues) {
      const limit = this.#limits.get(queue.name);
      if (typeof limit === 'number') await setLimit(queue, limit);
    }
  }
}

const excluded = {
  waiting: sql`excluded.waiting`,
  active: sql`excluded.active`,
  delayed: sql`excluded.delayed`,
  oldestWaitingAt: sql`excluded.oldest_waiting_at`,
};

async function setLimit(queue: JobQueue, limit: number | null): Promise<void> {
  await (limit === null ? queue.removeGlobalConcurrency() : queue.setGlobalConcurrency(limit));
}

async function measure(queue: JobQueue) {
  const [counts, [oldest]] = await Promise.all([
    queue.getJobCounts('waiting', 'active', 'delayed'),
    queue.getJobs('waiting', 0, 0, true),
  ]);
  const { waiting = 0, active = 0, delayed = 0 } = counts;
  const enqueuedAt = oldest?.data.headers.enqueued_at;
  return {
    name: queue.name,
    waiting,
    active,
    delayed,
    oldestWaitingAt: enqueuedAt ? new Date(enqueuedAt) : null,
  };
}
