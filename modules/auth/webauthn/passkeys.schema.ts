import { bigint, boolean, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';
import { users } from '../../users/users.schema.js';

/** WebAuthn credentials. Nothing here is secret: the private keys never leave their authenticators. */
export const passkeys = pgTable(
  'passkeys',
  {
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** In the words of people, to tell them apart. */
    name: text().notNull(),
    credentialId: bytes().notNull().unique(),
    /** COSE_Key (RFC 9052 section 7). */
    publicKey: bytes().notNull(),
    /** Signatures so far, or always 0 where the authenticator does not count: a lower number betrays a copy. */
    counter: bigint({ mode: 'number' }).notNull(),
    /** Hints for the browser how the authenticator is reached. */
    transports: text().array().notNull(),
    /** May exist on several devices of its owner, and does at the moment (WebAuthn level 3 section 6.1.3). */
    isBackupEligible: boolean().notNull(),
    isBackedUp: boolean().notNull(),
    createdAt: instant().notNull().defaultNow(),
    lastUsedAt: instant(),
  },
  (table) => [index().on(table.userId, table.createdAt)],
);

/** Random values that an authenticator is asked to sign. A used one is gone. */
export const webauthnChallenges = pgTable(
  'webauthn_challenges',
  {
    /** SHA-256 of the 32 random bytes. */
    hash: bytes().primaryKey(),
    purpose: text({ enum: ['registration', 'sign-in', 'second-factor', 'sudo'] }).notNull(),
    /** SHA-256 of what it was made for: a session, a waiting sign-in or the secret in the cookie of a browser. */
    boundTo: bytes().notNull(),
    expiresAt: instant().notNull(),
  },
  (table) => [index().on(table.expiresAt)],
);
