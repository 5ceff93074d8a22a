import { type Column, inTable } from '../columns.js';
import type { Names } from '../names.js';

export function schema({ table, many }: Names, columns: readonly Column[]): string {
  const builders = columns
    .filter(({ type }) => !type.isOurs)
    .map(({ type }) => type.builder.replace('()', ''));
  const imported = new Set(['index', 'integer', 'pgTable', 'text', 'uuid', ...builders]);
  return `import { ${[...imported].sort().join(', ')} } from 'drizzle-orm/pg-core';
import { instant } from '../../libs/database/columns.schema.js';
import { users } from '../users/users.schema.js';

export const ${many} = pgTable(
  '${table}',
  {
    id: uuid().primaryKey(),
    ownerId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    ${columns.map(inTable).join('\n    ')}
    status: text({ enum: ['pending', 'ready'] }).notNull().default('pending'),
    version: integer().notNull().default(1),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [index().on(table.ownerId, table.createdAt, table.id)],
);
`;
}
