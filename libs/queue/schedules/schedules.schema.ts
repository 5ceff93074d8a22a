import { boolean, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from '../../database/columns.schema.js';

/** The schedules that the code declares, and how far each is. */
export const schedules = pgTable('schedules', {
  name: text().primaryKey(),
  cron: text().notNull(),
  timeZone: text().notNull(),
  job: text().notNull(),
  /** Every slot before this one was enqueued, skipped, or passed while the schedule was paused. */
  nextSlotAt: instant().notNull(),
  lastSlotAt: instant(),
  /** When the job of {@link lastSlotAt} was enqueued. */
  lastEnqueuedAt: instant(),
  /** While true, slots pass without a job. */
  paused: boolean().notNull().default(false),
  lateReportedAt: instant(),
  /** When a release started that does not declare it. */
  removedAt: instant(),
});
