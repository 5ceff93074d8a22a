import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from '../../libs/database/columns.schema.js';
import { files } from '../../libs/files/files.schema.js';

/** Promised, and not yet handed to the queue. Written in the transaction of what was promised for; empties itself. */
export const outbox = pgTable(
  'outbox',
  {
    /** The message id: the same in outbox, BullMQ, inbox, operations and dead_letters. */
    id: uuid().primaryKey(),
    queue: text().notNull(),
    name: text().notNull(),
    version: smallint().notNull(),
    payload: jsonb().notNull(),
    headers: jsonb().$type<Record<string, string>>().notNull(),
    availableAt: instant().notNull().defaultNow(),
    createdAt: instant().notNull().defaultNow(),
    /** Times the queue refused it. */
    attempts: smallint().notNull().default(0),
    lastError: text(),
    /** The owner among whose jobs it waits for a place; null once it may go. */
    waitsForOwner: uuid(),
  },
  (table) => [
    index()
      .on(table.availableAt, table.id)
      .where(sql`waits_for_owner is null`),
    index()
      .on(table.name, table.waitsForOwner, table.availableAt, table.id)
      .where(sql`waits_for_owner is not null`),
  ],
);

/** Done: written in the transaction of the effect, so that a second delivery finds it and does nothing. */
export const inbox = pgTable(
  'inbox',
  {
    consumer: text().notNull(),
    messageId: uuid().notNull(),
    processedAt: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.messageId, table.consumer] }), index().on(table.processedAt)],
);

export const operationStates = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;

/** What a client sees of a job. */
export const operations = pgTable(
  'operations',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    ownerId: uuid(),
    state: text({ enum: operationStates }).notNull().default('queued'),
    done: integer().notNull().default(0),
    total: integer(),
    /** Counts the runs, and fences them: only the newest run may write. */
    attempt: integer().notNull().default(0),
    checkpoint: jsonb(),
    result: jsonb(),
    resultFileId: uuid().references(() => files.id, { onDelete: 'set null' }),
    problem: jsonb(),
    cancelRequestedAt: instant(),
    createdAt: instant().notNull().defaultNow(),
    startedAt: instant(),
    finishedAt: instant(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    index().on(table.ownerId, table.createdAt, table.id),
    index()
      .on(table.finishedAt)
      .where(sql`finished_at is not null`),
    index()
      .on(table.resultFileId)
      .where(sql`result_file_id is not null`),
    check('operations_state', sql`state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')`),
  ],
);

/** Given up, kept for an operator to look at. */
export const deadLetters = pgTable(
  'dead_letters',
  {
    id: uuid().primaryKey(),
    queue: text().notNull(),
    name: text().notNull(),
    /** Of the payload, as in the outbox. */
    payloadVersion: smallint().notNull().default(1),
    payload: jsonb().notNull(),
    headers: jsonb().$type<Record<string, string>>().notNull(),
    error: jsonb().$type<{ code: string; detail: string }>().notNull(),
    attempts: integer().notNull(),
    diedAt: instant().notNull().defaultNow(),
    /** Counts the edits. */
    version: integer().notNull().default(1),
  },
  (table) => [index().on(table.diedAt, table.id), index().on(table.queue)],
);
