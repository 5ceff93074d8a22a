import { Injectable } from '@nestjs/common';

/** Ends what one feature keeps open for this user. It runs in the transaction of the revocation, with the user locked. */
type EndForUser = (userId: string) => Promise<unknown>;

/**
 * The registry of what ends together with the sessions or the credentials of a user. Each feature registers what it opens
 * when its module is constructed, so sessions, the lower layer, need not know the features above.
 */
@Injectable()
export class RevocationRegistry {
  readonly #withSessions: EndForUser[] = [];
  readonly #withCredentials: EndForUser[] = [];

  /** Registers what ends whenever the sessions of a user are ended. */
  endWithSessions(end: EndForUser): void {
    this.#withSessions.push(end);
  }

  /**
   * Registers what ends when the credentials of a user change, such as links that were mailed to a former owner of the
   * account.
   */
  endWithCredentials(end: EndForUser): void {
    this.#withCredentials.push(end);
  }

  async sessionsRevoked(userId: string): Promise<void> {
    for (const end of this.#withSessions) await end(userId);
  }

  async credentialsChanged(userId: string): Promise<void> {
    for (const end of this.#withCredentials) await end(userId);
  }
}
