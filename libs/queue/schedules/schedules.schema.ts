import { boolean, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from '../../database/columns.schema.js';

/** What the code declares, and how far each schedule is. */
export const schedules = pgTable('schedules', {
  name: text().primaryKey(),
  cron: text().notNull(),
  timeZone: text().notNull(),
  job: text().notNull(),
  /** Every slot before this one has been promised, skipped or paused over. */
  nextSlotAt: instant().notNull(),
  lastSlotAt: instant(),
  /** When the job of {@link lastSlotAt} was promised. */
  lastEnqueuedAt: instant(),
  /** While true, slots pass without a job. */
  paused: boolean().notNull().default(false),
  lateReportedAt: instant(),
  /** Since when no release that started declares it. */
  removedAt: instant(),
});
