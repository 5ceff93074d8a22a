import { Injectable } from '@nestjs/common';
import { and, eq, gt, lt, sql } from 'drizzle-orm';
import { Database, newId } from '#libs/database';
import { hashOf, newSecret } from '../secrets/secrets.js';
import { lockUserShared } from '../sessions/user-locks.js';
import type { SessionStart } from '../sessions/sessions.service.js';
import { ChallengeOver, type Method } from '../mfa/mfa.contract.js';
import { authChallenges } from './mfa-challenges.schema.js';
import { SecondFactorsService } from '../mfa/second-factors.service.js';

/** Seconds that the user has, for example to find their phone. The cookie lives as long. */
export const challengeLifetime = 600;

/** The number of wrong attempts of one sign-in. After them the user must prove the first factor again. */
const maxAttempts = 5;

const isOpen = gt(authChallenges.expiresAt, sql`now()`);

/** Manages sign-ins between the first factor and the second. */
@Injectable()
export class MfaChallengesService {
  constructor(
    private readonly db: Database,
    private readonly factors: SecondFactorsService,
  ) {}

  /** Opens a challenge when the user has a second factor. The secret is for the cookie. Needs a transaction. */
  async open({
    userId,
    amr,
    provider,
  }: SessionStart): Promise<{ secret: string; methods: Method[] } | undefined> {
    await lockUserShared(this.db, userId);
    const methods = await this.factors.methodsOf(userId);
    if (methods.length === 0) return undefined;
    const secret = newSecret();
    await this.db.tx.insert(authChallenges).values({
      id: newId(),
      tokenHash: hashOf(secret),
      userId,
      amr,
      provider: provider?.name,
      providerSid: provider?.sid,
      expiresAt: sql`now() + make_interval(secs => ${challengeLifetime})`,
    });
    return { secret, methods };
  }

  /** Returns the open challenge with this secret. Throws {@link ChallengeOver}. */
  async get(secret: string | undefined) {
    const [found] = await this.db.conn
      .select({ id: authChallenges.id, userId: authChallenges.userId })
      .from(authChallenges)
      .where(and(this.#is(secret), lt(authChallenges.attempts, maxAttempts)));
    if (!found) throw new ChallengeOver();
    return found;
  }

  /**
   * Takes one of the challenge's attempts, also when several arrive at once. Throws {@link ChallengeOver} when none is left.
   */
  async attempt(secret: string | undefined) {
    const [taken] = await this.db.conn
      .update(authChallenges)
      .set({ attempts: sql`${authChallenges.attempts} + 1` })
      .where(and(this.#is(secret), lt(authChallenges.attempts, maxAttempts)))
      .returning();
    if (!taken) throw new ChallengeOver();
    return taken;
  }

  /** Ends the challenge with success, which only one request can. Throws {@link ChallengeOver}. Needs a transaction. */
  async consume(id: string): Promise<void> {
    const { rowCount } = await this.db.tx.delete(authChallenges).where(eq(authChallenges.id, id));
    if (rowCount === 0) throw new ChallengeOver();
  }

  /** Ends all open challenges of this user. Needs a transaction. */
  async endAll(userId: string): Promise<void> {
    await this.db.tx.delete(authChallenges).where(eq(authChallenges.userId, userId));
  }

  #is(secret: string | undefined) {
    if (secret === undefined) throw new ChallengeOver();
    return and(eq(authChallenges.tokenHash, hashOf(secret)), isOpen);
  }
}
