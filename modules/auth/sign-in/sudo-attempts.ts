import { Injectable } from '@nestjs/common';
import { and, eq, lt, sql } from 'drizzle-orm';
import { AuthenticationRequired } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Database } from '#libs/database';
import { SecurityNotificationsService } from '../notifications/security-notifications.service.js';
import type { Owner } from '../sessions/user-locks.js';
import { sessions } from '../sessions/sessions.schema.js';
import { ProofWrong } from './sessions.contract.js';

/** The number of failed proofs in a row that end the session, for typing errors and clocks that differ. */
const maxFailures = 10;

/**
 * Limits the proofs that fail in one session by ending it. Whoever stole the session cannot go on guessing, and nothing of the
 * owner's is blocked: neither other sessions nor signing in.
 */
@Injectable()
export class SudoAttempts {
  constructor(
    private readonly db: Database,
    private readonly audit: AuditLog,
    private readonly notifications: SecurityNotificationsService,
  ) {}

  /**
   * Runs one attempt, which counts as failed until it succeeds, so that parallel guesses count too. Throws {@link ProofWrong} when
   * `prove` returns undefined, and AuthenticationRequired when the session has ended. Must not run in a transaction.
   */
  async run<T extends object>(owner: Owner, prove: () => Promise<T | undefined>): Promise<T> {
    const failures = await this.#add(owner, 1);
    if (failures === undefined) throw new AuthenticationRequired();
    const proven = await this.#countOnlyAnswers(owner, prove);
    if (proven) return proven;
    const refused = {
      action: 'sudo.enter',
      target: `session:${owner.sessionId}`,
      outcome: 'failure',
    } as const;
    await this.audit.recordRefusal(refused, owner.userId);
    if (failures === maxFailures) await this.#end(owner);
    throw new ProofWrong();
  }

  /** Runs the check, and takes the attempt back when the check itself fails: that says nothing about the proof. */
  async #countOnlyAnswers<T>(owner: Owner, prove: () => Promise<T>): Promise<T> {
    try {
      return await prove();
    } catch (error) {
      await this.#add(owner, -1);
      throw error;
    }
  }

  /** Returns the failures with the added ones, or undefined when the session has ended or has no attempt left. */
  async #add({ sessionId }: Owner, attempts: 1 | -1): Promise<number | undefined> {
    const limit = attempts > 0 ? lt(sessions.failedProofs, maxFailures) : undefined;
    const [counted] = await this.db.conn
      .update(sessions)
      .set({ failedProofs: sql`${sessions.failedProofs} + ${attempts}` })
      .where(and(eq(sessions.id, sessionId), limit))
      .returning({ failures: sessions.failedProofs });
    return counted?.failures;
  }

  async #end({ userId, sessionId }: Owner): Promise<void> {
    await this.db.transaction(async () => {
      await this.db.tx.delete(sessions).where(eq(sessions.id, sessionId));
      this.audit.record({
        action: 'sessions.revoke',
        target: `session:${sessionId}`,
        meta: { failures: maxFailures },
      });
      this.notifications.notify(userId, { action: 'sudo.block', notification: 'session-ended' });
    });
  }
}
