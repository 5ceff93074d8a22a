import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Database } from '#libs/database';
import { isRecent } from '../sessions/revocation-registry.js';
import { passkeys } from './passkeys.schema.js';

/** The condition that a recovery of the account has not suspended the passkey, or that its owner confirmed it since. */
export const isTrusted = isNull(passkeys.suspendedAt);

/** Suspends the recent passkeys of a user whose account is recovered. Returns the sentence for the owner. Needs a transaction. */
export async function suspendRecent(db: Database, userId: string): Promise<string | undefined> {
  const { rowCount } = await db.tx
    .update(passkeys)
    .set({ suspendedAt: sql`now()` })
    .where(and(eq(passkeys.userId, userId), isRecent(passkeys.createdAt), isTrusted));
  return rowCount
    ? `Passkeys of the last seven days that were suspended: ${rowCount}. Confirm those that are yours, and remove the others.`
    : undefined;
}
