import { sql } from 'drizzle-orm';
import { users } from './users.schema.js';

/** A row as the view shows it: what a query selects is what a caller sees. */
export const userColumns = {
  id: users.id,
  email: users.email,
  name: users.name,
  role: users.role,
  status: users.status,
  version: users.version,
  created_at: users.createdAt,
  updated_at: users.updatedAt,
};

/** What every change of a user sets besides the change itself. */
export const nextVersion = { version: sql`${users.version} + 1`, updatedAt: sql`now()` };
