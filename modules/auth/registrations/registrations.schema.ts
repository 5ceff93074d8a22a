import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';

/**
 * Sign-ups that wait for their mail to be read. Not users yet: whoever proves the address gets the password that
 * came with the proven sign-up, never one that somebody else left there before.
 */
export const registrations = pgTable(
  'registrations',
  {
    id: uuid().primaryKey(),
    tokenHash: bytes().notNull().unique(),
    email: text().notNull(),
    name: text().notNull(),
    passwordHash: text().notNull(),
    expiresAt: instant().notNull(),
  },
  (table) => [index().on(table.email, table.expiresAt), index().on(table.expiresAt)],
);
