import { bigint, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../libs/database/columns.schema.js';

/** What the audit log held when it was sealed. Append-only, by the same trigger as the events. */
export const auditSeals = pgTable('audit_seals', {
  /** 1, 2, 3 …: a missing one shows. */
  number: integer().primaryKey(),
  /** The range goes on where the one before ended; both ends belong to it. */
  firstSeq: bigint({ mode: 'number' }).notNull(),
  lastSeq: bigint({ mode: 'number' }).notNull(),
  /** Events in the range: some numbers of it never became an event. */
  count: integer().notNull(),
  /** For each event its number (8 bytes) and its SHA-256 (32 bytes): they name the event that was changed. */
  digests: bytes().notNull(),
  /** The end of the chain over all events up to here. */
  head: bytes().notNull(),
  /** Which of SECRET_KEYS signed. */
  keyId: text().notNull(),
  signature: bytes().notNull(),
  sealedAt: instant().notNull(),
});
