import { Injectable } from '@nestjs/common';
import { UsersService } from '#modules/users';
import { RevocationRegistry } from './revocation-registry.js';
import { SessionsService } from './sessions.service.js';

/**
 * Ends everything that a user's former credentials opened: sessions, mailed links, a waiting change of address. A thief who
 * had the account before the change loses it, and nothing that the thief left behind gives access again.
 */
@Injectable()
export class RevocationsService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly registry: RevocationRegistry,
  ) {}

  /**
   * Ends all sessions for an owner who has proven the mailbox alone, and ends or suspends every way in that a thief may have
   * added. Returns a sentence for each. Needs a transaction.
   */
  async recover(userId: string): Promise<string[]> {
    await this.#revoke(userId);
    return this.registry.accountRecovered(userId);
  }

  /**
   * Ends all sessions except one and returns its new secret. Throws AuthenticationRequired when it has ended. Needs a
   * transaction.
   */
  async revokeOthers(userId: string, sessionId: string): Promise<string> {
    const authEpoch = await this.#revoke(userId, sessionId);
    return this.sessions.renew(sessionId, authEpoch);
  }

  async #revoke(userId: string, except?: string): Promise<number> {
    // This comes first because it locks the user: a session that begins at this moment is either visible below or has the
    // old epoch.
    const authEpoch = await this.users.raiseEpoch(userId);
    await this.sessions.revokeAll(userId, except === undefined ? {} : { except });
    await this.registry.credentialsChanged(userId);
    return authEpoch;
  }
}
