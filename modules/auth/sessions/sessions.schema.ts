import { sql } from 'drizzle-orm';
import { index, integer, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';
import { users } from '../../users/users.schema.js';

export const sessions = pgTable(
  'sessions',
  {
    /** For lists and revocation; never a credential. */
    id: uuid().primaryKey(),
    /** SHA-256 of the 32 random bytes in the cookie. */
    tokenHash: bytes().notNull().unique(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The user's at the start; when the user's moves on, the session has ended. */
    authEpoch: integer().notNull(),
    /** How it was proven who this is, in the words of RFC 8176: pwd, otp, hwk, user, fed … */
    amr: text().array().notNull().default(['pwd']),
    /** Authenticator assurance level of NIST SP 800-63B-4: 1 one factor, 2 two of different kinds. */
    aal: smallint().notNull().default(1),
    /** Until when sensitive actions are open. */
    sudoUntil: instant(),
    /** The administrator who acts as this user. */
    impersonatorId: uuid().references(() => users.id, { onDelete: 'cascade' }),
    /** The administrator's at the start: what ends all of their sessions ends this one too. */
    impersonatorEpoch: integer(),
    /** The OpenID provider that proved it, and its name for the session there: it may end ours. */
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
