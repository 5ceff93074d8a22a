import { and, eq, isNull } from 'drizzle-orm';
import { AuthenticationRequired } from '#libs/access';
import type { Database } from '#libs/database';
import { users } from '#modules/users';
import { isLive } from './is-live.js';
import { sessions } from './sessions.schema.js';

/**
 * Puts what signs a user in and what changes their factors into one order: a sign-in shares the lock, a change of
 * factors has it alone (see {@link lockOwner}). So no session begins by rules that end at this moment. First in a
 * transaction, as whoever takes it later would wait for each other. Needs a transaction.
 */
export async function lockUserShared(db: Database, userId: string) {
  await db.tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('share');
}

/** Whose account it is, and the session in which they change it. */
export interface Owner {
  userId: string;
  sessionId: string;
}

/**
 * For changes that outlive their session: holds the user alone, and the session with them. A reset, or an administrator,
 * may have ended it since the request was let in, and what a thief had under way must not come after that. Returns what
 * is known of the two. Throws AuthenticationRequired. First in a transaction.
 */
export async function lockOwner(db: Database, { userId, sessionId }: Owner) {
  const isTheirs = and(eq(sessions.id, sessionId), eq(sessions.userId, userId));
  const [held] = await db.tx
    .select({ role: users.role, amr: sessions.amr, aal: sessions.aal })
    // The user first, as whoever ends sessions locks them in this order too.
    .from(users)
    .innerJoin(sessions, eq(sessions.userId, users.id))
    .where(and(isTheirs, isNull(sessions.impersonatorId), isLive))
    .for('no key update');
  if (!held) throw new AuthenticationRequired();
  return held;
}
