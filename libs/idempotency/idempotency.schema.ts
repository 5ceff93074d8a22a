import { index, pgTable } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../database/columns.schema.js';

/**
 * Finished requests. A row appears in the transaction of its request or not at all, so none is ever in
 * progress; the functions idempotency_claim and idempotency_finish (in the migration) are its only users.
 */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** SHA-256 over caller and key. */
    id: bytes().primaryKey(),
    fingerprint: bytes().notNull(),
    /** Status, headers and body, encrypted: an answer may carry a secret. */
    response: bytes().notNull(),
    createdAt: instant().notNull().defaultNow(),
    expiresAt: instant().notNull(),
  },
  (table) => [index().on(table.expiresAt)],
);
