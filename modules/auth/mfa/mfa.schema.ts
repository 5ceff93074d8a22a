import { bigint, index, pgTable, smallint, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';
import { users } from '../../users/users.schema.js';

const userId = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' });

/** Authenticator apps, one per user. */
export const totpFactors = pgTable(
  'totp_factors',
  {
    /** The id, new with each secret. The sealed secret is bound to it. */
    id: uuid().primaryKey(),
    userId: userId().unique(),
    /** The sealed secret. It is not hashed, because checking a code needs the secret itself. */
    secret: bytes().notNull(),
    /** The time step (RFC 6238) of the last used code. This code and earlier ones no longer work. */
    lastStep: bigint({ mode: 'number' }).notNull().default(0),
    createdAt: instant().notNull().defaultNow(),
    /** Null until a first code has proven that the app has the secret. Only then is the factor active. */
    confirmedAt: instant(),
    /** The time of a recovery of the account. The app proves nothing until one of its codes confirms it again. */
    suspendedAt: instant(),
  },
  (table) => [index().on(table.confirmedAt, table.createdAt)],
);

/** Recovery codes. Using one deletes it. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    /** The SHA-256 of a code with 140 random bits, for which a plain hash is enough (ASVS 5.0 6.5.2). */
    hash: bytes().primaryKey(),
    userId: userId(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [index().on(table.userId)],
);

/** The number of wrong codes in a row, over all sign-ins of a user. Each further one costs a longer wait. */
export const codeFailures = pgTable('code_failures', {
  userId: userId().primaryKey(),
  failures: smallint().notNull(),
  blockedUntil: instant(),
});
