import { index, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';
import { users } from '../../users/users.schema.js';

/**
 * The identities of users at OpenID providers. The pair of issuer and subject is the only key, because addresses change
 * owners.
 */
export const identities = pgTable(
  'identities',
  {
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    issuer: text().notNull(),
    subject: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    lastUsedAt: instant(),
    /** The time of a recovery of the account. The identity signs nobody in until the owner confirms it. */
    suspendedAt: instant(),
  },
  // A user has at most one identity of each provider: enough to sign in with, and few enough to list.
  (table) => [unique().on(table.issuer, table.subject), unique().on(table.userId, table.issuer)],
);

/** Sign-ins that are at a provider at this moment. The row is deleted when the user comes back, whatever the result. */
export const loginTransactions = pgTable(
  'login_transactions',
  {
    /** The SHA-256 of the values that only this browser (cookie) and this attempt (state) have. */
    hash: bytes().primaryKey(),
    provider: text().notNull(),
    purpose: text({ enum: ['login', 'link', 'sudo'] }).notNull(),
    /** The sealed code verifier, nonce and state. */
    data: bytes().notNull(),
    returnTo: text().notNull(),
    /** The user who was signed in when a link or sudo began. No other user may finish it. */
    userId: uuid().references(() => users.id, { onDelete: 'cascade' }),
    startedAt: instant().notNull().defaultNow(),
    expiresAt: instant().notNull(),
  },
  (table) => [index().on(table.userId), index().on(table.expiresAt)],
);

/** Accepted logout tokens. Each works once. */
export const logoutTokens = pgTable(
  'logout_tokens',
  {
    /** The SHA-256 of issuer and `jti`. */
    hash: bytes().primaryKey(),
    expiresAt: instant().notNull(),
  },
  (table) => [index().on(table.expiresAt)],
);
