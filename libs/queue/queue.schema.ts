import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { instant } from '../database/columns.schema.js';
import { files } from '../files/files.schema.js';

/** The few messages that an operator has redriven, by the first message of their work. */
const redrivenFrom = sql`(headers->>'redriven_from')`;
const isRedriven = sql`headers->>'redriven_from' is not null`;

/** Messages that the relay has not dispatched yet. Written in the transaction that enqueues the job; empties itself. */
export const outbox = pgTable(
  'outbox',
  {
    /** The message id: the same in outbox, BullMQ, inbox, operations and dead_letters. */
    id: uuid().primaryKey(),
    /** The order within a partition. The server gives it, because the clocks of two processes differ. */
    seq: bigint({ mode: 'number' }).notNull().generatedByDefaultAsIdentity(),
    queue: text().notNull(),
    name: text().notNull(),
    version: smallint().notNull(),
    payload: jsonb().notNull(),
    headers: jsonb().$type<Record<string, string>>().notNull(),
    /** The relay takes from all partitions in turns, and dispatches only some messages of each at a time: see relay/partitions.ts. */
    partitionKey: text(),
    availableAt: instant().notNull().defaultNow(),
    createdAt: instant().notNull().defaultNow(),
    /** Times that the queue refused the message. */
    attempts: smallint().notNull().default(0),
    lastError: text(),
  },
  (table) => [
    index()
      .on(table.availableAt, table.seq)
      .where(sql`partition_key is null`),
    index()
      .on(table.partitionKey, table.seq)
      .where(sql`partition_key is not null`),
    index('outbox_redriven_from_index').on(redrivenFrom).where(isRedriven),
  ],
);

/**
 * Messages that were dispatched and are neither done nor dead letters. The row goes in the transaction that completes the
 * message, so whatever the queue forgets is found here and dispatched again.
 */
export const dispatchedMessages = pgTable(
  'dispatched_messages',
  {
    id: uuid().primaryKey(),
    seq: bigint({ mode: 'number' }).notNull(),
    queue: text().notNull(),
    name: text().notNull(),
    version: smallint().notNull(),
    payload: jsonb().notNull(),
    headers: jsonb().$type<Record<string, string>>().notNull(),
    partitionKey: text(),
    attempts: smallint().notNull(),
    createdAt: instant().notNull(),
    /** When it was dispatched, or was last seen in the queue. */
    seenAt: instant().notNull().defaultNow(),
  },
  (table) => [
    index().on(table.seenAt),
    index()
      .on(table.partitionKey)
      .where(sql`partition_key is not null`),
    index('dispatched_messages_redriven_from_index').on(redrivenFrom).where(isRedriven),
  ],
);

/** Messages that are done. Written in the transaction of the effect, so that a second delivery finds the row and does nothing. */
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

/** A row is the part of a job that its client sees. */
export const operations = pgTable(
  'operations',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    ownerId: uuid(),
    state: text({ enum: operationStates }).notNull().default('queued'),
    done: integer().notNull().default(0),
    total: integer(),
    /** Counts the attempts, and fences them: only the newest attempt may write. */
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

/** Jobs that failed for good, kept for an operator. */
export const deadLetters = pgTable(
  'dead_letters',
  {
    id: uuid().primaryKey(),
    queue: text().notNull(),
    name: text().notNull(),
    /** The version of the payload, as in the outbox. */
    payloadVersion: smallint().notNull().default(1),
    payload: jsonb().notNull(),
    headers: jsonb().$type<Record<string, string>>().notNull(),
    error: jsonb().$type<{ code: string; detail: string }>().notNull(),
    attempts: integer().notNull(),
    diedAt: instant().notNull().defaultNow(),
    /** Counts the edits, from 1. */
    version: integer().notNull().default(1),
  },
  (table) => [
    index().on(table.diedAt, table.id),
    index().on(table.queue),
    // Operators look for those of one job or one cause, the newest first; the cause that few share may be far down.
    index().on(table.name, table.diedAt, table.id),
    index('dead_letters_code_index').on(sql`(error->>'code')`, table.diedAt, table.id),
    index('dead_letters_redriven_from_index').on(redrivenFrom).where(isRedriven),
  ],
);
