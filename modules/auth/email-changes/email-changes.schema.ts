import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';
import { users } from '../../users/users.schema.js';

/**
 * Changes of address that wait for the new one to be proven. The address stands beside the token that proves it, so
 * that a token can confirm no other; a user has one row, so that a new request takes the place of the older.
 */
export const emailChanges = pgTable(
  'email_changes',
  {
    userId: uuid()
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** What the secrets of the two links are made from. */
    id: uuid().notNull().unique(),
    email: text().notNull(),
    /** SHA-256 of the secret in the link to the new address. */
    tokenHash: bytes().notNull(),
    /** SHA-256 of the secret in the link that cancels, to the old address. */
    cancelHash: bytes().notNull().unique(),
    expiresAt: instant().notNull(),
  },
  (table) => [index().on(table.expiresAt)],
);
