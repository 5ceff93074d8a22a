import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';
import { users } from '../../users/users.schema.js';

export const apiKeys = pgTable(
  'api_keys',
  {
    /** The id, which is part of the key and not secret. */
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    /** The SHA-256 of the 43 characters of the secret. */
    secretHash: bytes().notNull(),
    /** The permissions, at most those of the owner. The key loses every permission that the owner loses. */
    scopes: text().array().notNull(),
    createdAt: instant().notNull().defaultNow(),
    expiresAt: instant().notNull(),
    /** The last use, to the minute. */
    lastUsedAt: instant(),
  },
  (table) => [index().on(table.userId), index().on(table.expiresAt)],
);
