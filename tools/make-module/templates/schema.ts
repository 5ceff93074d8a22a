import type { Names } from '../names.js';

export function schema({ table, many }: Names): string {
  return `import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from '../../libs/database/columns.schema.js';
import { users } from '../users/users.schema.js';

export const ${many} = pgTable(
  '${table}',
  {
    id: uuid().primaryKey(),
    ownerId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    status: text({ enum: ['pending', 'ready'] }).notNull().default('pending'),
    version: integer().notNull().default(1),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [index().on(table.ownerId, table.createdAt, table.id)],
);
`;
}
