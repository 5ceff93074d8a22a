import { Injectable } from '@nestjs/common';

/** Ends what one feature keeps open for this user. It runs in the transaction of the revocation, with the user locked. */
type EndForUser = (userId: string) => Promise<unknown>;

/**
 * What ends together with the sessions or with the credentials of a user. Each feature registers what it opens when its module
 * is built, so the sessions below need not know the features above them.
 */
@Injectable()
export class RevocationRegistry {
  readonly #withSessions: EndForUser[] = [];
  readonly #withCredentials: EndForUser[] = [];

  /** Ends whenever sessions of the user are ended. */
  endWithSessions(end: EndForUser): void {
    this.#withSessions.push(end);
  }

  /** Ends when the credentials of the user change: links that were mailed to whoever had the account before. */
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
