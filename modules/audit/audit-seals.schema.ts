import { bigint, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../libs/database/columns.schema.js';

/** The seals of the audit log. The table is append-only, by the same trigger as the events. */
export const auditSeals = pgTable('audit_seals', {
  /** 1, 2, 3 …, so that a missing seal is noticed. */
  number: integer().primaryKey(),
  /** The first event of the range, which begins where the previous range ended. Both ends belong to the range. */
  firstSeq: bigint({ mode: 'number' }).notNull(),
  lastSeq: bigint({ mode: 'number' }).notNull(),
  /** The number of events in the range. Some numbers of the range never became an event. */
  count: integer().notNull(),
  /** The number (8 bytes) and SHA-256 (32 bytes) of each event. They identify the event that was changed. */
  digests: bytes().notNull(),
  /** The end of the chain over all events so far. */
  head: bytes().notNull(),
  /** The id of the SECRET_KEYS key that signed. */
  keyId: text().notNull(),
  signature: bytes().notNull(),
  sealedAt: instant().notNull(),
});
