import { sql } from 'drizzle-orm';
import { users } from './users.schema.js';

/** The columns of a user as the view shows them, so that a query selects exactly what a caller sees. */
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

/** The values that every change of a user sets in addition to the change itself. */
export const nextVersion = { version: sql`${users.version} + 1`, updatedAt: sql`now()` };
