import { Injectable } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { TooManyCodes } from './mfa.contract.js';
import { codeFailures } from './mfa.schema.js';
import { SecurityNotifications } from '../notifications/security-notifications.js';

/** Wrong codes in a row that cost nothing: mistyping and a clock that is off. */
const free = 10;

/**
 * Then each try costs a wait: 15 minutes, doubled with every further one up to 4 hours. Three of a million codes are
 * right at a time, so whoever has the password finds one in about 75 years.
 */
const wait = sql`now() + least(
  interval '15 minutes' * power(2, least(${codeFailures.failures} + 1 - ${free}, 10)),
  interval '4 hours')`;

/**
 * Bounds guessing of six-digit codes for each user, however many sign-ins and sessions are used for it. Counted before
 * the code is looked at, in one statement, so that parallel guesses count too.
 */
@Injectable()
export class CodeFailures {
  constructor(
    private readonly db: Database,
    private readonly notices: SecurityNotifications,
  ) {}

  /** Counts a try as wrong until it proves right; how many that makes. Throws {@link TooManyCodes}. Not in a transaction. */
  async count(userId: string): Promise<number> {
    const [counted] = await this.db.conn
      .insert(codeFailures)
      .values({ userId, failures: 1 })
      .onConflictDoUpdate({
        target: codeFailures.userId,
        set: {
          // Far from where a smallint ends.
          failures: sql`least(${codeFailures.failures} + 1, 10000)`,
          blockedUntil: sql`case when ${codeFailures.failures} + 1 >= ${free} then ${wait} end`,
        },
        setWhere: sql`coalesce(${codeFailures.blockedUntil} <= now(), true)`,
      })
      .returning({ failures: codeFailures.failures });
    return counted?.failures ?? this.#refuse(userId);
  }

  /** The code was right. Needs a transaction. */
  async clear(userId: string): Promise<void> {
    await this.db.tx.delete(codeFailures).where(eq(codeFailures.userId, userId));
  }

  /** The code was wrong, the n-th time. Tells the user when that begins to look like somebody else. */
  async failed(userId: string, failures: number): Promise<void> {
    if (failures !== free) return;
    await this.db.transaction(async () =>
      this.notices.tell(userId, { action: 'codes.block', notice: 'codes-blocked' }),
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
