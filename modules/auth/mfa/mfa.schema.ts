import { bigint, index, pgTable, smallint, uuid } from 'drizzle-orm/pg-core';
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

/** Wrong codes in a row, over all challenges and sessions of a user: each further one costs a longer wait. */
export const codeFailures = pgTable('code_failures', {
  userId: userId().primaryKey(),
  failures: smallint().notNull(),
  blockedUntil: instant(),
});
