import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/**
 * One row for each recent caller. The migration makes the table UNLOGGED: a crash of the server empties it and so resets the
 * quotas, but no request writes to the write-ahead log.
 */
export const rateLimits = pgTable('rate_limits', {
  key: text().primaryKey(),
  /** The theoretical arrival time of GCRA, at which all granted requests have expired. */
  tat: timestamp({ withTimezone: true, precision: 6 }).notNull(),
  /** The grant of the last statement, for its RETURNING: before PostgreSQL 18, RETURNING does not see the old row. */
  granted: integer().notNull(),
});
