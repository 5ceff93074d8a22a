import { Injectable } from '@nestjs/common';
import { type AnyColumn, getTableName, gt, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';

/** Ends what one feature keeps open for this user. It runs in the transaction of the revocation, with the user locked. */
type EndForUser = (userId: string) => Promise<unknown>;

/**
 * Ends or suspends what a thief could have added to the account. Returns the sentence with which the owner is told, or
 * undefined when there was nothing.
 */
type RecoverForUser = (userId: string) => Promise<string | undefined>;

type Ending = 'sessions' | 'credentials' | 'recovery';

/**
 * The registry of what ends together with the sessions or the credentials of a user. Each feature registers the table of what
 * it opens when its module is constructed, so sessions, the lower layer, need not know the features above. A test finds the
 * tables of users that nobody registered.
 */
@Injectable()
export class RevocationRegistry {
  readonly #tables = new Map<string, Ending>();
  readonly #withSessions: EndForUser[] = [];
  readonly #withCredentials: EndForUser[] = [];
  readonly #withRecovery: RecoverForUser[] = [];

  /** Registers what ends whenever the sessions of a user are ended. */
  endWithSessions(table: PgTable, end: EndForUser): void {
    this.#tables.set(getTableName(table), 'sessions');
    this.#withSessions.push(end);
  }

  /**
   * Registers what ends when the credentials of a user change, such as links that were mailed to a former owner of the
   * account.
   */
  endWithCredentials(table: PgTable, end: EndForUser): void {
    this.#tables.set(getTableName(table), 'credentials');
    this.#withCredentials.push(end);
  }

  /**
   * Registers a way into the account that a change of the password leaves alone, and what a recovery by mail does to it. See
   * docs/security.md for what must end and what is suspended.
   */
  endWithRecovery(table: PgTable, recover: RecoverForUser): void {
    this.#tables.set(getTableName(table), 'recovery');
    this.#withRecovery.push(recover);
  }

  /** The tables that features registered, each with what ends or suspends its rows. */
  get tables(): ReadonlyMap<string, Ending> {
    return this.#tables;
  }

  async sessionsRevoked(userId: string): Promise<void> {
    for (const end of this.#withSessions) await end(userId);
  }

  async credentialsChanged(userId: string): Promise<void> {
    for (const end of this.#withCredentials) await end(userId);
  }

  /** Returns a sentence for each thing that was there. */
  async accountRecovered(userId: string): Promise<string[]> {
    const sentences: string[] = [];
    for (const recover of this.#withRecovery) sentences.push((await recover(userId)) ?? '');
    return sentences.filter(Boolean);
  }
}

/**
 * The condition that something was added in the last seven days, by the column that says when. An owner who was told by mail and
 * keeps it for a week has seen it; a thief may have had the account for days before the owner recovers it.
 */
export function isRecent(addedAt: AnyColumn): SQL {
  return gt(addedAt, sql`now() - interval '7 days'`);
}
