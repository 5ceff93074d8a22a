import { index, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';
import { users } from '../../users/users.schema.js';

/** Who somebody is at an OpenID provider. The pair of issuer and subject is the only key: addresses change hands. */
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
  },
  // One of each provider for a user: enough to sign in with, and few enough to list.
  (table) => [unique().on(table.issuer, table.subject), unique().on(table.userId, table.issuer)],
);

/** People who are at a provider at this moment. The row goes when they come back, whatever they bring. */
export const loginTransactions = pgTable(
  'login_transactions',
  {
    /** SHA-256 of what only this browser (cookie) and this attempt (state) have. */
    hash: bytes().primaryKey(),
    provider: text().notNull(),
    purpose: text({ enum: ['login', 'link', 'sudo'] }).notNull(),
    /** Code verifier, nonce and state, sealed. */
    data: bytes().notNull(),
    returnTo: text().notNull(),
    /** Who was signed in when a link or sudo began; nobody else may finish it. */
    userId: uuid().references(() => users.id, { onDelete: 'cascade' }),
    startedAt: instant().notNull().defaultNow(),
    expiresAt: instant().notNull(),
  },
  (table) => [index().on(table.userId), index().on(table.expiresAt)],
);

/** Logout tokens that were taken: each works once. */
export const logoutTokens = pgTable(
  'logout_tokens',
  {
    /** SHA-256 of issuer and `jti`. */
    hash: bytes().primaryKey(),
    expiresAt: instant().notNull(),
  },
  (table) => [index().on(table.expiresAt)],
);
