import { Injectable } from '@nestjs/common';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { UsersService } from '#modules/users';
import { oneTimeTokens } from '../secrets/auth.schema.js';
import { emailChanges } from '../email-changes/email-changes.schema.js';
import { SessionsService } from './sessions.service.js';

/**
 * Ends what a user's former credentials opened: sessions, mailed links, a change of address that waits. Whoever had
 * the account before the change is out, and nothing they left behind lets them in again.
 */
@Injectable()
export class RevocationsService {
  constructor(
    private readonly db: Database,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
  ) {}

  /** Needs a transaction. */
  async revokeAll(userId: string): Promise<void> {
    await this.#revoke(userId);
  }

  /** Leaves one session and returns its new secret. Throws AuthenticationRequired when it has ended. Needs a transaction. */
  async revokeOthers(userId: string, sessionId: string): Promise<string> {
    const authEpoch = await this.#revoke(userId, sessionId);
    return this.sessions.renew(sessionId, authEpoch);
  }

  async #revoke(userId: string, except?: string): Promise<number> {
    // First: it locks the user, so that a session which begins at this moment is seen below or has the old epoch.
    const authEpoch = await this.users.raiseEpoch(userId);
    await this.sessions.revokeAll(userId, except === undefined ? {} : { except });
    await this.db.tx
      .update(oneTimeTokens)
      .set({ usedAt: sql`now()` })
      .where(and(eq(oneTimeTokens.userId, userId), isNull(oneTimeTokens.usedAt)));
    await this.db.tx.delete(emailChanges).where(eq(emailChanges.userId, userId));
    return authEpoch;
  }
}
