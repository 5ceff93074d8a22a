import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';
import { users } from '../../users/users.schema.js';

const userId = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' });

export const credentials = pgTable('credentials', {
  userId: userId().primaryKey(),
  /** PHC string: algorithm and parameters stand in it, so they can change from hash to hash. */
  passwordHash: text().notNull(),
});

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

/**
 * Links that were mailed or printed. Only the hash is kept. A used one stays: a mail job that is delivered again makes
 * the same link, and must not bring it back to life.
 */
export const oneTimeTokens = pgTable(
  'one_time_tokens',
  {
    hash: bytes().primaryKey(),
    purpose: text({ enum: ['password-reset', 'account-setup'] }).notNull(),
    userId: userId(),
    expiresAt: instant().notNull(),
    usedAt: instant(),
  },
  (table) => [index().on(table.userId), index().on(table.expiresAt)],
);
