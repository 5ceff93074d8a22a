import { bigint, index, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from '../../../libs/database/columns.schema.js';

/** A row is one cause of failures. It has no message, because that may hold data of a user. */
export const opsErrors = pgTable(
  'ops_errors',
  {
    fingerprint: text().primaryKey(),
    source: text({ enum: ['request', 'job'] }).notNull(),
    /** The pattern of the route or the name of the job. */
    name: text().notNull(),
    code: text().notNull(),
    frames: text().array().notNull(),
    count: bigint({ mode: 'number' }).notNull(),
    /** The first hundred who met it. */
    users: text().array().notNull(),
    firstSeenAt: instant().notNull().defaultNow(),
    lastSeenAt: instant().notNull().defaultNow(),
    firstVersion: text().notNull(),
    lastVersion: text().notNull(),
    lastRequestId: text(),
    lastTraceId: text(),
  },
  (table) => [index().on(table.lastSeenAt)],
);
