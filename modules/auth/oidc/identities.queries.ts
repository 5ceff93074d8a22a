import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Database } from '#libs/database';
import { users } from '#modules/users';
import { isRecent } from '../sessions/revocation-registry.js';
import { identities } from './oidc.schema.js';

/** The condition that a recovery of the account has not suspended the identity, or that its owner confirmed it since. */
export const isTrusted = isNull(identities.suspendedAt);

/**
 * Suspends the recent identities of a user whose account is recovered, except the one that opened the account: no thief can have
 * added that one. Returns the sentence for the owner. Needs a transaction.
 */
export async function suspendRecent(db: Database, userId: string): Promise<string | undefined> {
  const { rowCount } = await db.tx
    .update(identities)
    .set({ suspendedAt: sql`now()` })
    .from(users)
    .where(
      and(
        eq(users.id, identities.userId),
        eq(identities.userId, userId),
        // Account and identity were inserted by one transaction, which gives both the same time.
        gt(identities.createdAt, users.createdAt),
        isRecent(identities.createdAt),
        isTrusted,
      ),
    );
  return rowCount
    ? `Linked identities of the last seven days that were suspended: ${rowCount}. Confirm those that are yours, and unlink the others.`
    : undefined;
}
