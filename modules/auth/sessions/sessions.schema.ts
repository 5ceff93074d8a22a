import { sql } from 'drizzle-orm';
import { index, integer, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';
import { users } from '../../users/users.schema.js';

export const sessions = pgTable(
  'sessions',
  {
    /** The id, for lists and revocation. It is no credential. */
    id: uuid().primaryKey(),
    /** The SHA-256 of the 32 random bytes in the cookie. */
    tokenHash: bytes().notNull().unique(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The user's epoch at the start. When the epoch of the user changes, the session has ended. */
    authEpoch: integer().notNull(),
    /** The authentication methods, with the names of RFC 8176: pwd, otp, hwk, user, fed … */
    amr: text().array().notNull().default(['pwd']),
    /** The authenticator assurance level of NIST SP 800-63B-4: 1 for one factor, 2 for two of different kinds. */
    aal: smallint().notNull().default(1),
    /** The time until which sensitive actions are allowed. */
    sudoUntil: instant(),
    /** The number of failed proofs since the last one that succeeded. */
    failedProofs: smallint().notNull().default(0),
    /** The administrator who acts as this user. */
    impersonatorId: uuid().references(() => users.id, { onDelete: 'cascade' }),
    /** The administrator's epoch at the start. Whatever ends all sessions of the administrator ends this one too. */
    impersonatorEpoch: integer(),
    /** The OpenID provider that authenticated the user, and its id of the session there. The provider may end this session. */
    provider: text(),
    providerSid: text(),
    userAgent: text(),
    createdAt: instant().notNull().defaultNow(),
    lastSeenAt: instant().notNull().defaultNow(),
    idleExpiresAt: instant().notNull(),
    absoluteExpiresAt: instant().notNull(),
  },
  (table) => [
    index().on(table.userId),
    index().on(table.absoluteExpiresAt),
    index()
      .on(table.impersonatorId)
      .where(sql`impersonator_id is not null`),
    index()
      .on(table.provider, table.providerSid)
      .where(sql`provider is not null`),
  ],
);
