import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';
import { users } from '../../users/users.schema.js';

const userId = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' });

export const credentials = pgTable('credentials', {
  userId: userId().primaryKey(),
  /** A PHC string. It contains algorithm and parameters, so these can differ from hash to hash. */
  passwordHash: text().notNull(),
});

/**
 * Links that were mailed or printed. Only their hashes are stored. A link that was used, or replaced by a newer one, stays,
 * because a mail job that is delivered again makes the same link and must not make it work again.
 */
export const oneTimeTokens = pgTable(
  'one_time_tokens',
  {
    hash: bytes().primaryKey(),
    purpose: text({ enum: ['password-reset', 'account-setup'] }).notNull(),
    userId: userId(),
    expiresAt: instant().notNull(),
    /** The time at which the link was used or replaced. */
    usedAt: instant(),
  },
  (table) => [index().on(table.userId), index().on(table.expiresAt)],
);
