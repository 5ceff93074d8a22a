import { bigint, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from '../database/columns.schema.js';

export const queueStates = ['running', 'paused'] as const;

/** A row holds the decisions of operators about a queue. A queue without a row runs without a limit. */
export const queueControls = pgTable('queue_controls', {
  name: text().primaryKey(),
  state: text({ enum: queueStates }).notNull().default('running'),
  /** Jobs of this queue that may run at once in all workers together; null for no limit. */
  maxRunning: integer(),
  version: integer().notNull().default(0),
  /** The reason that an operator gave for the last change. */
  reason: text(),
  changedBy: uuid(),
  changedAt: instant(),
});

/** A row counts what BullMQ holds, as a worker saw it a few seconds ago: the API reads rows, never BullMQ. */
export const queueCounts = pgTable('queue_counts', {
  name: text().primaryKey(),
  waiting: bigint({ mode: 'number' }).notNull().default(0),
  active: bigint({ mode: 'number' }).notNull().default(0),
  delayed: bigint({ mode: 'number' }).notNull().default(0),
  /** When the job that has waited longest was enqueued. */
  oldestWaitingAt: instant(),
  measuredAt: instant().notNull().defaultNow(),
});
