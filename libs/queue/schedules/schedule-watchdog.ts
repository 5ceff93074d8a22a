import { Injectable, Logger } from '@nestjs/common';
import { and, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { Cron } from './cron.js';
import { schedules } from './schedules.schema.js';
import { isLate } from './slots.js';

/** Milliseconds between two looks of one process. */
const every = 10_000;

/**
 * Logs schedules that do not run although workers do: nothing else would notice what does not happen. One that is late because no worker
 * was there moves on from one look to the next.
 */
@Injectable()
export class ScheduleWatchdog {
  readonly #log = new Logger(ScheduleWatchdog.name);
  #lookedAt = -Infinity;
  /** The slots that were late at the last look, in milliseconds since 1970, by schedule. */
  #lateBefore = new Map<string, number>();

  constructor(private readonly db: Database) {}

  /**
   * Looks at most every 10 s, so callers may call it in every round. Those that just failed are known not to move; the others
   * have to be late at two looks.
   */
  async reportLate(failed: ReadonlySet<string>): Promise<void> {
    if (performance.now() - this.#lookedAt < every) return;
    this.#lookedAt = performance.now();
    const overdue = await this.#overdue();
    const late = overdue.filter(({ cron, timeZone, ...times }) => isLate(new Cron(cron, timeZone), times));
    const stuck = late.filter(
      ({ name, nextSlotAt }) => failed.has(name) || this.#lateBefore.get(name) === nextSlotAt.getTime(),
    );
    this.#lateBefore = new Map(late.map(({ name, nextSlotAt }) => [name, nextSlotAt.getTime()]));
    if (stuck.length === 0) return;
    for (const { name, nextSlotAt } of await this.#claimReports(stuck.map(({ name }) => name)))
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
