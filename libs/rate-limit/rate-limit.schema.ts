import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/**
 * One row for each caller who was heard of lately. The table is UNLOGGED (in the migration): a crash of the server
 * empties it, which forgives what was used up and costs no write-ahead log for every request.
 */
export const rateLimits = pgTable('rate_limits', {
  key: text().primaryKey(),
  /** The theoretical arrival time of GCRA: when all that was granted will be used up again. */
  tat: timestamp({ withTimezone: true, precision: 6 }).notNull(),
  /** What the last statement granted, for its RETURNING: before version 18 that does not see the row as it was. */
  granted: integer().notNull(),
});
