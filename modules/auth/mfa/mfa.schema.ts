import { bigint, index, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';
import { users } from '../../users/users.schema.js';

const userId = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' });

/** Authenticator apps, one for each user. */
export const totpFactors = pgTable(
  'totp_factors',
  {
    /** New with each secret: the sealed secret is bound to it. */
    id: uuid().primaryKey(),
    userId: userId().unique(),
    /** Sealed; the code cannot be checked with less. */
    secret: bytes().notNull(),
    /** The time step (RFC 6238) of the last code that was used: it and those before work no more. */
    lastStep: bigint({ mode: 'number' }).notNull().default(0),
    createdAt: instant().notNull().defaultNow(),
    /** Null until a first code has shown that the app has the secret; only then it counts. */
    confirmedAt: instant(),
  },
  (table) => [index().on(table.confirmedAt, table.createdAt)],
);

/** A used one is gone. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    /** SHA-256 of a code of 140 random bits: enough for a plain hash (ASVS 5.0 6.5.2). */
    hash: bytes().primaryKey(),
    userId: userId(),
  },
  (table) => [index().on(table.userId)],
);

/** Sign-ins that wait for their second factor. Not sessions: whoever holds one is nobody yet. */
export const authChallenges = pgTable(
  'auth_challenges',
  {
    id: uuid().primaryKey(),
    /** SHA-256 of the 32 random bytes in the cookie. */
    tokenHash: bytes().notNull().unique(),
    userId: userId(),
    /** What was proven so far (RFC 8176), and by which OpenID provider: the session takes it over. */
    amr: text().array().notNull(),
    provider: text(),
    providerSid: text(),
    attempts: smallint().notNull().default(0),
    expiresAt: instant().notNull(),
  },
  (table) => [index().on(table.userId), index().on(table.expiresAt)],
);

/** Wrong codes in a row, over all challenges and sessions of a user: each further one costs a longer wait. */
export const codeFailures = pgTable('code_failures', {
  userId: userId().primaryKey(),
  failures: smallint().notNull(),
  blockedUntil: instant(),
});
