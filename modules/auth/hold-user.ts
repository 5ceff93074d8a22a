import { eq } from 'drizzle-orm';
import type { Database } from '#libs/database';
import { users } from '#modules/users';

/**
 * Puts what signs a user in and what changes their factors into one order: a sign-in shares the lock, a change of
 * factors has it alone. So no session begins by rules that end at this moment. First in a transaction, as whoever
 * takes it later would wait for each other. Needs a transaction.
 */
export async function holdUser(db: Database, userId: string, as: 'signing in' | 'changing factors') {
  await db.tx
    .select({ id: users.id })
    .from(users)
    .where(eq(users.id, userId))
    .for(as === 'signing in' ? 'share' : 'no key update');
}
