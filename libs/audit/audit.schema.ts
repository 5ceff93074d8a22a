import { bigint, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from '../database/columns.schema.js';

/** Who did what to what, and why. Append-only: a trigger refuses every other statement. */
export const auditEvents = pgTable(
  'audit_events',
  {
    /** The order of the events. */
    seq: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    id: uuid().notNull().unique(),
    at: instant().notNull().defaultNow(),
    /** Null for what the application does by itself. */
    actorId: uuid(),
    action: text().notNull(),
    target: text().notNull(),
    reason: text(),
    requestId: text(),
    meta: jsonb().notNull().default({}),
  },
  (table) => [index().on(table.target, table.seq)],
);
