import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';

/**
 * Registrations that wait for their verification. They are not users yet: a person who proves the address gets the password
 * of the proven registration, never one that a stranger left there before.
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
