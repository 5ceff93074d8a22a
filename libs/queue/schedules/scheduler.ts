import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { JobsService } from '../outbox/jobs.service.js';
import { measureScheduleLag } from '../metrics/queue-metrics.js';
import { describeError } from '#libs/observability';
import { WorkerHeartbeat } from '../bullmq/worker-heartbeat.js';
import { Cron } from './cron.js';
import { ScheduleRegistry } from './schedule-registry.js';
import { ScheduleWatchdog } from './schedule-watchdog.js';
import { declaredSchedules, type ScheduleDefinition } from './schedule-definition.js';
import { schedules } from './schedules.schema.js';
import { dueSlots, slotId } from './slots.js';

/** Milliseconds between two looks: the shortest while another worker has a due schedule, the longest when idle. */
const shortestWait = 50;
const longestWait = 2000;

/** Milliseconds to wait after a look that failed. */
const afterFailure = 1000;

/** The part of the heartbeat that stops when this loop does. */
const heartbeatPart = 'schedules';

/**
 * Promises the jobs of schedules when they are due. Every worker does, without a leader to lose: the row lock lets
 * one at a time promise a slot, in the transaction that moves the schedule on. Due is what the database's
 * clock says; the clock of the process is not asked.
 */
@Injectable()
export class Scheduler implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  readonly #log = new Logger('Schedules');
  readonly #stopping = new AbortController();
  readonly #declared = new Map(declaredSchedules().map((schedule) => [schedule.name, schedule]));
  #running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(Database) private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly register: ScheduleRegistry,
    private readonly watchdog: ScheduleWatchdog,
    private readonly heartbeat: WorkerHeartbeat,
  ) {}

  /** Goes on in the background until the database answers, so a worker may come up before it. */
  onApplicationBootstrap(): void {
    this.heartbeat.expect([heartbeatPart]);
    this.#running = this.#run(this.#stopping.signal);
  }

  onModuleDestroy(): void {
    this.#stopping.abort();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let isReconciled = false;
    while (!signal.aborted) {
      let waitMs = afterFailure;
      try {
        if (!isReconciled) await this.register.reconcile();
        isReconciled = true;
        waitMs = await this.#promiseDue(signal);
        await this.watchdog.look();
        this.heartbeat.beat(heartbeatPart);
      } catch (error) {
        this.#log.warn(`Schedules cannot be read, the next look is in a second: ${describeError(error)}`);
      }
      await sleep(waitMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Returns milliseconds until it is worth looking again. A schedule that fails keeps no other from running. */
  async #promiseDue(signal: AbortSignal): Promise<number> {
    let waitMs = longestWait;
    for (const { name, dueInMs } of await this.#upcoming()) {
      if (signal.aborted) break;
      waitMs = Math.min(waitMs, Math.max(Math.ceil(dueInMs), shortestWait));
      if (dueInMs > 0) continue;
      try {
        await this.#promise(this.#declared.get(name)!);
      } catch (error) {
        this.#log.error(`${name} is due and its job cannot be promised: ${describeError(error)}`);
        waitMs = afterFailure;
      }
    }
    return waitMs;
  }

  /** Also those marked as removed: this worker declares them. */
  #upcoming(): Promise<{ name: string; dueInMs: number }[]> {
    return this.db.conn
      .select({
        name: schedules.name,
        dueInMs: sql`extract(epoch from ${schedules.nextSlotAt} - clock_timestamp()) * 1000`.mapWith(Number),
      })
      .from(schedules)
      .where(inArray(schedules.name, [...this.#declared.keys()]))
      .orderBy(schedules.nextSlotAt);
  }

  /** Nothing happens when another worker has it in hand or was faster. */
  #promise({ name, missed, job, dataFor }: ScheduleDefinition): Promise<void> {
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
