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
