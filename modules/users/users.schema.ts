import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from '../../libs/database/columns.schema.js';

/** The users. Their credentials belong to auth. */
export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey(),
    /** The address in canonical form, see `email` in the contract. */
    email: text().notNull().unique(),
    name: text().notNull(),
    role: text({ enum: ['admin', 'operator', 'viewer', 'member'] }).notNull(),
    /** Invited users exist but have not yet proven their address. */
    status: text({ enum: ['invited', 'active', 'disabled'] }).notNull(),
    version: integer().notNull().default(1),
    /** Sessions carry the epoch with which they began. Raising it ends them all. */
    authEpoch: integer().notNull().default(0),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    index().on(table.createdAt, table.id),
    index().on(table.name, table.id),
    // Whoever lists the administrators or the disabled must not read a million members to find them.
    index('users_staff_index')
      .on(table.role, table.createdAt, table.id)
      .where(sql`role <> 'member'`),
    index('users_inactive_index')
      .on(table.status, table.createdAt, table.id)
      .where(sql`status <> 'active'`),
    check('users_role', sql`role in ('admin', 'operator', 'viewer', 'member')`),
    check('users_status', sql`status in ('invited', 'active', 'disabled')`),
  ],
);
