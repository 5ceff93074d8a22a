import { Injectable, Logger } from '@nestjs/common';
import { and, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { Cron } from './cron.js';
import { schedules } from './schedules.schema.js';
import { isLate } from './slots.js';

/** Milliseconds between two looks of one process. */
const every = 10_000;

/** Logs schedules that do not run: nothing else would notice what does not happen. */
@Injectable()
export class ScheduleWatchdog {
  readonly #log = new Logger(ScheduleWatchdog.name);
  #lookedAt = -Infinity;

  constructor(private readonly db: Database) {}

  /** Looks at most every 10 s, so callers may call it in every round. */
  async reportLate(): Promise<void> {
    if (performance.now() - this.#lookedAt < every) return;
    this.#lookedAt = performance.now();
    const overdue = await this.#overdue();
    const late = overdue.filter(({ cron, timeZone, ...times }) => isLate(new Cron(cron, timeZone), times));
    if (late.length === 0) return;
    for (const { name, nextSlotAt } of await this.#claimReports(late.map(({ name }) => name)))
      this.#log.error(`${name} is late: it was due at ${nextSlotAt.toISOString()}`);
  }

  #overdue() {
    return this.db.conn
      .select({
        name: schedules.name,
        cron: schedules.cron,
        timeZone: schedules.timeZone,
        nextSlotAt: schedules.nextSlotAt,
        now: sql`now()`.mapWith(schedules.nextSlotAt),
      })
      .from(schedules)
      .where(
        and(lte(schedules.nextSlotAt, sql`now()`), isNull(schedules.removedAt), eq(schedules.paused, false)),
      );
  }

  /** The row says when it was reported, so that all workers together say it once a minute. */
  #claimReports(names: string[]): Promise<{ name: string; nextSlotAt: Date }[]> {
    const isUnreported = or(
      isNull(schedules.lateReportedAt),
      lte(schedules.lateReportedAt, sql`now() - interval '1 minute'`),
    );
    return this.db.conn
      .update(schedules)
      .set({ lateReportedAt: sql`now()` })
      .where(and(inArray(schedules.name, names), isUnreported))
      .returning({ name: schedules.name, nextSlotAt: schedules.nextSlotAt });
  }
}
