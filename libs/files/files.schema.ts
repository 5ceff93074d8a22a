import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../database/columns.schema.js';

export const files = pgTable(
  'files',
  {
    id: uuid().primaryKey(),
    mediaType: text().notNull(),
    name: text(),
    /** The user who uploaded it; null for what a job has written. */
    ownerId: uuid(),
    size: bigint({ mode: 'number' }).notNull().default(0),
    /** The digest of the bytes; null during the upload. */
    sha256: bytes(),
    state: text({ enum: ['staging', 'stored'] })
      .notNull()
      .default('staging'),
    createdAt: instant().notNull().defaultNow(),
    /** The time from which the sweep may delete the file; null for a file that is kept for ever. */
    expiresAt: instant(),
  },
  (table) => [
    index().on(table.expiresAt),
    index()
      .on(table.ownerId)
      .where(sql`owner_id is not null`),
    check('files_state', sql`state in ('staging', 'stored')`),
  ],
);

export const fileChunks = pgTable(
  'file_chunks',
  {
    fileId: uuid()
      .notNull()
      .references(() => files.id, { onDelete: 'cascade' }),
    seq: integer().notNull(),
    data: bytes().notNull(),
  },
  (table) => [primaryKey({ columns: [table.fileId, table.seq] })],
);
