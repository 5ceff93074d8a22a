import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import {
  AccessDenied,
  covers,
  OwnerPermissions,
  type Permission,
  permissionsOf,
  type Role,
} from '#libs/access';
import { Database } from '#libs/database';
import { users } from './users.schema.js';

/** Reads what the owner of a job may do now. */
@Injectable()
export class UserPermissions extends OwnerPermissions {
  constructor(private readonly db: Database) {
    super();
  }

  of(ownerId: string | undefined): Promise<ReadonlySet<Permission>> {
    return permissionsOfOwner(this.db, ownerId);
  }
}

/**
 * Throws AccessDenied when the owner of a job has lost the permission for it, or is disabled or gone. So permissions end with
 * the next step of a job, as they end with the next request. In a transaction they stay unchanged until its end.
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

async function permissionsOfOwner(
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
