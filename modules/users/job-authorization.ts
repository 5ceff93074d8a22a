import { and, eq } from 'drizzle-orm';
import { AccessDenied, covers, type Permission, permissionsOf, type Role } from '#libs/access';
import type { Database } from '#libs/database';
import { users } from './users.schema.js';

/**
 * Returns the permissions that the owner of a job has now: none when the owner is disabled or gone. In a transaction they stay
 * unchanged until its end.
 */
export async function permissionsOfOwner(
  db: Database,
  ownerId: string | undefined,
): Promise<ReadonlySet<Permission>> {
  const [owner] = ownerId
    ? await db.conn
        .select({ role: users.role })
        .from(users)
        .where(and(eq(users.id, ownerId), eq(users.status, 'active')))
        .for('share')
    : [];
  return owner ? permissionsOf(owner.role) : new Set();
}

/**
 * Throws AccessDenied when the owner of a job has lost the permission for it, or is disabled or gone. So permissions end with
 * the next step of a job, as they end with the next request.
 */
export async function assertOwnerStillAuthorized(
  db: Database,
  ownerId: string | undefined,
  needed: Permission,
  gives: Role[] = [],
): Promise<void> {
  const held = await permissionsOfOwner(db, ownerId);
  if (!held.has(needed) || !gives.every((role) => covers(held, permissionsOf(role))))
    throw new AccessDenied(`The user who requested this needs ${needed} as long as it runs.`);
}
