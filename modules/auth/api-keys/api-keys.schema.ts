import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from '../../../libs/database/columns.schema.js';
import { users } from '../../users/users.schema.js';

export const apiKeys = pgTable(
  'api_keys',
  {
    /** Stands in the key itself; no secret. */
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    /** SHA-256 of the 43 characters of the secret. */
    secretHash: bytes().notNull(),
    /** Permissions, at most those of the owner: what the owner lost since then the key has lost too. */
    scopes: text().array().notNull(),
    createdAt: instant().notNull().defaultNow(),
    expiresAt: instant().notNull(),
    /** To the minute. */
    lastUsedAt: instant(),
  },
  (table) => [index().on(table.userId), index().on(table.expiresAt)],
);
