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
    /** The name that the user chose, to tell their passkeys apart. */
    name: text().notNull(),
    credentialId: bytes().notNull().unique(),
    /** A COSE_Key (RFC 9052 section 7). */
    publicKey: bytes().notNull(),
    /** The number of signatures, or always 0 when the authenticator does not count. A lower number betrays a copy. */
    counter: bigint({ mode: 'number' }).notNull(),
    /** Hints that tell the browser how to reach the authenticator. */
    transports: text().array().notNull(),
    /** Whether the passkey may be copied to several devices, and whether it currently is (WebAuthn level 3 section 6.1.3). */
    isBackupEligible: boolean().notNull(),
    isBackedUp: boolean().notNull(),
    createdAt: instant().notNull().defaultNow(),
    lastUsedAt: instant(),
    /** The time of a recovery of the account. The passkey proves nothing until the owner confirms it. */
    suspendedAt: instant(),
  },
  (table) => [index().on(table.userId, table.createdAt)],
);

/** Random values that authenticators sign. Using one deletes it. */
export const webauthnChallenges = pgTable(
  'webauthn_challenges',
  {
    /** The SHA-256 of the 32 random bytes. */
    hash: bytes().primaryKey(),
    purpose: text({ enum: ['registration', 'sign-in', 'second-factor', 'sudo'] }).notNull(),
    /** The SHA-256 of the id of a session or waiting sign-in, or of the secret in the cookie of a browser. */
    boundTo: bytes().notNull(),
    expiresAt: instant().notNull(),
  },
  (table) => [index().on(table.expiresAt)],
);
