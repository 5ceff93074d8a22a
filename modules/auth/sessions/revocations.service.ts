import { Injectable } from '@nestjs/common';
import { UsersService } from '#modules/users';
import { RevocationRegistry } from './revocation-registry.js';
import { SessionsService } from './sessions.service.js';

/**
 * Ends what a user's former credentials opened: sessions, mailed links, a change of address that waits. A thief who had the
 * account before the change is out, and nothing that they left behind lets them in again.
 */
@Injectable()
export class RevocationsService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly registry: RevocationRegistry,
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
    await this.registry.credentialsChanged(userId);
    return authEpoch;
  }
}
