import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';
import { users } from '../../users/users.schema.js';

/**
 * Changes of address that wait for a proof of the new one. Each row has the address and the token that proves it, so that a
 * token can confirm no other address. A user has one row, so that a new request replaces the older one.
 */
export const emailChanges = pgTable(
  'email_changes',
  {
    userId: uuid()
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The id from which the tokens of the two links are derived. */
    id: uuid().notNull().unique(),
    email: text().notNull(),
    /** The SHA-256 of the token in the link to the new address. */
    tokenHash: bytes().notNull(),
    /** The SHA-256 of the token in the cancelling link to the old address. */
    cancelHash: bytes().notNull().unique(),
    expiresAt: instant().notNull(),
  },
  (table) => [index().on(table.expiresAt)],
);
