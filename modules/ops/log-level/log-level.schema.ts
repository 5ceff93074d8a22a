import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from '../../../libs/database/columns.schema.js';

/** One row has the change that an operator made last. */
export const opsLogLevel = pgTable('ops_log_level', {
  id: integer().primaryKey(),
  level: text(),
  /** `all`, the name of an app, or the id of a process. */
  target: text(),
  /** The clock of the database decides when the change is over. */
  until: instant(),
  reason: text(),
  changedBy: uuid(),
  changedAt: instant(),
  version: integer().notNull().default(0),
});
