import { Injectable } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { TooManyCodes } from './mfa.contract.js';
import { codeFailures } from './mfa.schema.js';
import { SecurityNotificationsService } from '../notifications/security-notifications.service.js';

/** The number of wrong codes in a row without a wait, for typing errors and clocks that differ. */
const freeFailures = 10;

/**
 * Each further attempt costs a wait: 15 minutes, doubled each time up to 4 hours. Three of a million codes are valid at a
 * time, so a thief who has the password finds one in about 75 years.
 */
const wait = sql`now() + least(
  interval '15 minutes' * power(2, least(${codeFailures.failures} + 1 - ${freeFailures}, 10)),
  interval '4 hours')`;

/**
 * Limits the guesses of six-digit codes for each user, over all sign-ins. It counts an attempt before the code
 * is checked, in one statement, so that parallel guesses count too.
 */
@Injectable()
export class CodeFailureLimiter {
  constructor(
    private readonly db: Database,
    private readonly notifications: SecurityNotificationsService,
  ) {}

  /**
   * Counts an attempt as wrong until it succeeds, and returns the number of wrong attempts. Throws {@link TooManyCodes}. Must
   * not run in a transaction.
   */
  async count(userId: string): Promise<number> {
    const [counted] = await this.db.conn
      .insert(codeFailures)
      .values({ userId, failures: 1 })
      .onConflictDoUpdate({
        target: codeFailures.userId,
        set: {
          // The limit is far below the maximum of a smallint.
          failures: sql`least(${codeFailures.failures} + 1, 10000)`,
          blockedUntil: sql`case when ${codeFailures.failures} + 1 >= ${freeFailures} then ${wait} end`,
        },
        setWhere: sql`coalesce(${codeFailures.blockedUntil} <= now(), true)`,
      })
      .returning({ failures: codeFailures.failures });
    return counted?.failures ?? this.#refuse(userId);
  }

  /** Resets the count after a right code. Needs a transaction. */
  async clear(userId: string): Promise<void> {
    await this.db.tx.delete(codeFailures).where(eq(codeFailures.userId, userId));
  }

  /** Handles the n-th wrong code. It notifies the user at the number from which a thief is likely. */
  async failed(userId: string, failures: number): Promise<void> {
    if (failures !== freeFailures) return;
    await this.db.transaction(async () =>
      this.notifications.notify(userId, { action: 'codes.block', notification: 'codes-blocked' }),
    );
  }

  async #refuse(userId: string): Promise<never> {
    const [row] = await this.db.conn
      .select({ seconds: sql<number>`extract(epoch from ${codeFailures.blockedUntil} - now())::float` })
      .from(codeFailures)
      .where(eq(codeFailures.userId, userId));
    throw new TooManyCodes(undefined, { retryAfter: row?.seconds ?? 1 });
  }
}
