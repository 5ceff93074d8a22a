import { sql } from 'drizzle-orm';
import { bigint, check, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from '../database/columns.schema.js';

/** The audit events: who did what to what, and why. The table is append-only: a trigger refuses every other statement. */
export const auditEvents = pgTable(
  'audit_events',
  {
    /** The order of the events. The numbers of rolled-back events are missing. */
    seq: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    id: uuid().notNull().unique(),
    /** The time of the insert and not of its transaction, so that the times follow the order. */
    at: instant()
      .notNull()
      .default(sql`clock_timestamp()`),
    /** `system` stands for the application itself, and for a caller who is not authenticated yet. */
    actorKind: text({ enum: ['user', 'service', 'system'] })
      .notNull()
      .default('system'),
    /** The id of the user or of the service client; null for the system. */
    actorId: text(),
    /** The administrator who acted as the actor. */
    impersonatorId: uuid(),
    action: text().notNull(),
    target: text().notNull(),
    outcome: text({ enum: ['success', 'failure', 'denied'] })
      .notNull()
      .default('success'),
    reason: text(),
    requestId: text(),
    sessionId: uuid(),
    apiKeyId: text(),
    /** A /24 or /64. An address identifies a person; its network is enough to tell attacks apart. */
    clientNetwork: text(),
    meta: jsonb().notNull().default({}),
  },
  (table) => [
    index().on(table.target, table.seq),
    index().on(table.actorId, table.seq),
    index().on(table.action, table.seq),
    // The times follow the order of the rows, so this index takes only a few kilobytes.
    index().using('brin', table.at),
    check('audit_events_actor_kind', sql`actor_kind in ('user', 'service', 'system')`),
    check('audit_events_outcome', sql`outcome in ('success', 'failure', 'denied')`),
  ],
);
