import { and, eq, isNull } from 'drizzle-orm';
import { AuthenticationRequired } from '#libs/access';
import type { Database } from '#libs/database';
import { users } from '#modules/users';
import { isLive } from './is-live.js';
import { sessions } from './sessions.schema.js';

/**
 * Locks the user so that signing in and changing factors exclude each other: a sign-in shares the lock, and a change of
 * factors has it alone (see {@link lockOwner}). So no session begins under rules that end at this moment. It must come first
 * in a transaction, because two transactions that take it later could wait for each other. Needs a transaction.
 */
export async function lockUserShared(db: Database, userId: string) {
  await db.tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('share');
}

/** The user who owns an account, and the session in which they change it. */
export interface Owner {
  userId: string;
  sessionId: string;
}

/**
 * Locks the user alone, together with the session, for changes that outlast the session. A reset or an administrator may have
 * ended the session since the guard accepted the request, and a change that a thief had begun must not come after that.
 * Returns what is known of both. Throws AuthenticationRequired. It must come first in a transaction.
 */
export async function lockOwner(db: Database, { userId, sessionId }: Owner) {
  const isTheirs = and(eq(sessions.id, sessionId), eq(sessions.userId, userId));
  const [held] = await db.tx
    .select({ role: users.role, amr: sessions.amr, aal: sessions.aal })
    // The user is locked first, because every transaction that ends sessions uses this order too.
    .from(users)
    .innerJoin(sessions, eq(sessions.userId, users.id))
    .where(and(isTheirs, isNull(sessions.impersonatorId), isLive))
    .for('no key update');
  if (!held) throw new AuthenticationRequired();
  return held;
}
