import { index, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';
import { users } from '../../users/users.schema.js';

const userId = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' });

/** Sign-ins that wait for their second factor. They are not sessions: their holder is not authenticated yet. */
export const authChallenges = pgTable(
  'auth_challenges',
  {
    id: uuid().primaryKey(),
    /** The SHA-256 of the 32 random bytes in the cookie. */
    tokenHash: bytes().notNull().unique(),
    userId: userId(),
    /** The authentication methods so far (RFC 8176) and the OpenID provider. The session takes them over. */
    amr: text().array().notNull(),
    provider: text(),
    providerSid: text(),
    attempts: smallint().notNull().default(0),
    expiresAt: instant().notNull(),
  },
  (table) => [index().on(table.userId), index().on(table.expiresAt)],
);
