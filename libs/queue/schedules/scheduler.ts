import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { PeriodicTask } from '#libs/lifecycle';
import { describeError } from '#libs/observability';
import { measureScheduleLag } from '../metrics/queue-metrics.js';
import { JobsService } from '../outbox/jobs.service.js';
import { WorkerHeartbeat } from '../worker-heartbeat.js';
import { Cron } from './cron.js';
import { declaredSchedules, type ScheduleDefinition } from './schedule-definition.js';
import { ScheduleRegistry } from './schedule-registry.js';
import { ScheduleWatchdog } from './schedule-watchdog.js';
import { schedules } from './schedules.schema.js';
import { dueSlots, missedAfter, slotId } from './slots.js';

/** Milliseconds between two rounds: the shortest while another worker has a due schedule, the longest when idle. */
const shortestWait = 50;
const longestWait = 2000;

/** Milliseconds until a schedule is tried again whose job could not be enqueued. */
const retryAfter = 1000;

interface Upcoming {
  name: string;
  paused: boolean;
  dueInMs: number;
}

/** The part of the heartbeat that stops when the scheduler does. */
const heartbeatPart = 'schedules';

/**
 * Enqueues the jobs of schedules when they are due. Every worker does, without a leader to lose: the row lock lets
 * one worker at a time enqueue a slot, in the transaction that moves the schedule on. The clock of the database says what is due; the
 * clock of the process is not asked.
 */
@Injectable()
export class Scheduler implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  readonly #log = new Logger(Scheduler.name);
  readonly #declared = new Map(declaredSchedules().map((schedule) => [schedule.name, schedule]));
  readonly #task = new PeriodicTask(Scheduler.name, (signal) => this.#round(signal));
  #isReconciled = false;
  #hasLooked = false;
  #stopped: Promise<void> | undefined;

  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly registry: ScheduleRegistry,
    private readonly watchdog: ScheduleWatchdog,
    private readonly heartbeat: WorkerHeartbeat,
  ) {
    heartbeat.expect([heartbeatPart], longestWait);
  }

  /** Goes on in the background until the database answers, so a worker may come up before it. */
  onApplicationBootstrap(): void {
    this.#task.start();
  }

  onModuleDestroy(): void {
    this.#stopped ??= this.#task.stop();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.onModuleDestroy();
    await this.#stopped;
  }

  async #round(signal: AbortSignal): Promise<number> {
    if (!this.#isReconciled) await this.registry.reconcile();
    this.#isReconciled = true;
    const upcoming = await this.#upcoming();
    if (!this.#hasLooked) this.#tellMissed(upcoming);
    this.#hasLooked = true;
    const { waitMs, failed } = await this.#enqueueDue(upcoming, signal);
    await this.watchdog.reportLate(failed);
    this.heartbeat.beat(heartbeatPart);
    return waitMs;
  }

  /** What waited while no worker was there is made up for in this round, so it is news and no error. */
  #tellMissed(upcoming: Upcoming[]): void {
    const missed = upcoming.filter(({ dueInMs, paused }) => !paused && -dueInMs >= missedAfter);
    if (missed.length === 0) return;
    const minutes = Math.round(Math.max(...missed.map(({ dueInMs }) => -dueInMs)) / 60_000);
    const names = missed
      .map(({ name }) => name)
      .toSorted()
      .join(', ');
    this.#log.log(`No worker ran for ${minutes} min. Due meanwhile, and handled now: ${names}`);
  }

  /** Returns milliseconds until the next round is worth it, and what failed. A schedule that fails keeps no other from running. */
  async #enqueueDue(
    upcoming: Upcoming[],
    signal: AbortSignal,
  ): Promise<{ waitMs: number; failed: Set<string> }> {
    let waitMs = longestWait;
    const failed = new Set<string>();
    for (const { name, dueInMs } of upcoming) {
      if (signal.aborted) break;
      waitMs = Math.min(waitMs, Math.max(Math.ceil(dueInMs), shortestWait));
      if (dueInMs > 0) continue;
      try {
        await this.#enqueue(this.#declared.get(name)!);
      } catch (error) {
        this.#log.error(`${name} is due and its job cannot be enqueued: ${describeError(error)}`);
        waitMs = retryAfter;
        failed.add(name);
      }
    }
    return { waitMs, failed };
  }

  /** The schedules that this worker declares, those marked as removed too. */
  #upcoming(): Promise<Upcoming[]> {
    return this.db.conn
      .select({
        name: schedules.name,
        paused: schedules.paused,
        dueInMs: sql`extract(epoch from ${schedules.nextSlotAt} - clock_timestamp()) * 1000`.mapWith(Number),
      })
      .from(schedules)
      .where(inArray(schedules.name, [...this.#declared.keys()]))
      .orderBy(schedules.nextSlotAt);
  }

  /** Does nothing when another worker has the row or was faster. */
  #enqueue({ name, missed, job, dataFor }: ScheduleDefinition): Promise<void> {
    return this.db.transaction(async () => {
      const [due] = await this.db.tx
        .select({
          // The times of the row, not of this release: while releases change, all workers go by the same.
          cron: schedules.cron,
          timeZone: schedules.timeZone,
          paused: schedules.paused,
          nextSlotAt: schedules.nextSlotAt,
          now: sql`now()`.mapWith(schedules.nextSlotAt),
        })
        .from(schedules)
        .where(and(eq(schedules.name, name), lte(schedules.nextSlotAt, sql`now()`)))
        .for('update', { skipLocked: true });
      if (!due) return;
      const cron = new Cron(due.cron, due.timeZone);
      if (due.paused) return this.#moveOn(name, cron.next(due.now));
      const { slots, next } = dueSlots(cron, { ...due, missed });
      for (const slot of slots) {
        this.jobs.enqueue(job, dataFor(slot), { id: slotId(name, slot) });
        const lagMs = due.now.getTime() - slot.getTime();
        this.db.afterCommit(() => measureScheduleLag(lagMs / 1000, { schedule: name }));
      }
      await this.#moveOn(name, next, slots.at(-1));
    });
  }

  async #moveOn(name: string, nextSlotAt: Date, lastSlotAt?: Date): Promise<void> {
    await this.db.tx
      .update(schedules)
      .set({
        nextSlotAt,
        removedAt: null,
        ...(lastSlotAt && { lastSlotAt, lastEnqueuedAt: sql`now()` }),
      })
      .where(eq(schedules.name, name));
  }
}
