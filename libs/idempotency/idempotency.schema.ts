import { index, pgTable } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../database/columns.schema.js';

/**
 * The finished requests. A row commits with its request or not at all, so no row is ever in progress. Only the functions
 * idempotency_claim and idempotency_finish, which a migration creates, use the table.
 */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** The SHA-256 over caller and key. */
    id: bytes().primaryKey(),
    fingerprint: bytes().notNull(),
    /** The status, headers and body. They are encrypted, because an answer may carry a secret. */
    response: bytes().notNull(),
    createdAt: instant().notNull().defaultNow(),
    expiresAt: instant().notNull(),
  },
  (table) => [index().on(table.expiresAt)],
);
