import { Injectable } from '@nestjs/common';
import { asc, isNull, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { Cron, isLate, schedules } from '#libs/queue';

@Injectable()
export class SchedulesService {
  constructor(private readonly db: Database) {}

  /** All declared schedules, by name. */
  async list() {
    const rows = await this.db.conn
      .select({
        name: schedules.name,
        cron: schedules.cron,
        time_zone: schedules.timeZone,
        job: schedules.job,
        paused: schedules.paused,
        nextSlotAt: schedules.nextSlotAt,
        last_run_at: schedules.lastEnqueuedAt,
        now: sql`now()`.mapWith(schedules.nextSlotAt),
      })
      .from(schedules)
      .where(isNull(schedules.removedAt))
      .orderBy(asc(schedules.name));
    const data = rows.map(({ nextSlotAt, now, ...row }) => ({
      ...row,
      next_run_at: row.paused ? null : nextSlotAt,
      late: !row.paused && isLate(new Cron(row.cron, row.time_zone), { nextSlotAt, now }),
    }));
    return { data };
  }
}
