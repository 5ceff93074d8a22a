import { and, eq } from 'drizzle-orm';
import { AccessDenied, covers, type Permission, permissionsOf, type Role } from '#libs/access';
import type { Database } from '#libs/database';
import { users } from './users.schema.js';

/**
 * A job does nothing that whoever asked for it may not do any more: rights end with its next part, as they end with the next
 * request. In a transaction they stay as they are to its end. Throws AccessDenied, also for an owner who is disabled or gone.
 */
export async function assertOwnerStillAuthorized(
  db: Database,
  ownerId: string | undefined,
  needed: Permission,
  gives: Role[] = [],
): Promise<void> {
  const [owner] = ownerId
    ? await db.conn
        .select({ role: users.role })
        .from(users)
        .where(and(eq(users.id, ownerId), eq(users.status, 'active')))
        .for('share')
    : [];
  const held = owner && permissionsOf(owner.role);
  if (!held?.has(needed) || !gives.every((role) => covers(held, permissionsOf(role))))
    throw new AccessDenied(`Whoever asked for this needs ${needed} as long as it runs.`);
}
