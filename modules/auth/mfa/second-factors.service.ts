import { Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { users } from '#modules/users';
import { lockUserShared } from '../sessions/user-locks.js';
import { AssertionVerifier } from '../webauthn/assertion-verifier.js';
import { isTrusted } from '../webauthn/passkeys.queries.js';
import { passkeys } from '../webauthn/passkeys.schema.js';
import { CodeFailureLimiter } from './code-failure-limiter.js';
import type { FactorInput, Method } from './mfa.contract.js';
import { recoveryCodes, totpFactors } from './mfa.schema.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { isActive, isAppCode, TotpService } from './totp.service.js';

interface FactorAttempt {
  userId: string;
  /** A code or a signature of a passkey. */
  input: FactorInput;
  /** The purpose, and the id of the sign-in or session. The passkey signed for exactly these. */
  purpose: 'second-factor' | 'sudo';
  boundTo: string;
}

/** Lists and checks the second factors of a user. */
@Injectable()
export class SecondFactorsService {
  constructor(
    private readonly db: Database,
    private readonly totp: TotpService,
    private readonly recoveryCodes: RecoveryCodesService,
    private readonly assertions: AssertionVerifier,
    private readonly failures: CodeFailureLimiter,
  ) {}

  /** Returns the methods that the user can choose from, or none when the first factor is sufficient. */
  async methodsOf(userId: string): Promise<Method[]> {
    const status = await this.statusOf(userId);
    return [
      ...(status.totp_confirmed_at ? ['totp' as const] : []),
      ...(status.passkeys > 0 ? ['passkey' as const] : []),
      ...(status.required && status.recovery_codes_left > 0 ? ['recovery_code' as const] : []),
    ];
  }

  /** Returns the state of all factors. It takes one query, because every sign-in asks for it. */
  async statusOf(userId: string) {
    const isUsers = eq(passkeys.userId, users.id);
    const [found] = await this.db.conn
      .select({
        totp_confirmed_at:
          sql<Date | null>`case when ${isActive} then ${totpFactors.confirmedAt} end`.mapWith(
            totpFactors.confirmedAt,
          ),
        totp_suspended_at: totpFactors.suspendedAt,
        passkeys: this.db.conn.$count(passkeys, and(isUsers, isTrusted)),
        recovery_codes_left: this.db.conn.$count(recoveryCodes, eq(recoveryCodes.userId, users.id)),
      })
      .from(users)
      .leftJoin(totpFactors, eq(totpFactors.userId, users.id))
      .where(eq(users.id, userId));
    const status = found ?? {
      totp_confirmed_at: null,
      totp_suspended_at: null,
      passkeys: 0,
      recovery_codes_left: 0,
    };
    return { required: status.totp_confirmed_at !== null || status.passkeys > 0, ...status };
  }

  /**
   * Uses up the factor and runs `work` in the same transaction, with the authentication methods as in RFC 8176. Returns
   * undefined without running it when the proof is wrong. Throws `TooManyCodes`. Must not run in a transaction, because a
   * failed attempt must stay counted.
   */
  async prove<T extends object>(
    attempt: FactorAttempt,
    work: (amr: string[]) => Promise<T>,
  ): Promise<T | undefined> {
    const { userId, input, purpose } = attempt;
    // In sudo, failures are counted for the session, see SudoAttempts: whoever stole one must not block the owner's codes.
    const isGuess = purpose === 'second-factor' && input.code !== undefined && isAppCode(input.code);
    const failures = isGuess ? await this.failures.count(userId) : 0;
    const done = await this.db.transaction(async () => {
      await lockUserShared(this.db, userId);
      const amr = await this.#use(attempt);
      if (amr && isGuess) await this.failures.clear(userId);
      return amr && work(amr);
    });
    if (!done && isGuess) await this.failures.failed(userId, failures);
    return done;
  }

  async #use({
    userId,
    input: { code, passkey },
    purpose,
    boundTo,
  }: FactorAttempt): Promise<string[] | undefined> {
    if (passkey) {
      const proven = await this.assertions.verify(passkey, { purpose, boundTo });
      return proven?.userId === userId ? proven.amr : undefined;
    }
    if (code === undefined) return undefined;
    const uses = isAppCode(code) ? this.totp : this.recoveryCodes;
    return (await uses.use(userId, code)) ? ['otp'] : undefined;
  }
}
