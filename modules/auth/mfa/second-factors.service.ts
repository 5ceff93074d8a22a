import { Injectable } from '@nestjs/common';
import { and, eq, isNotNull } from 'drizzle-orm';
import { Database } from '#libs/database';
import { users } from '#modules/users';
import { lockUserShared } from '../sessions/user-locks.js';
import { Assertions } from '../webauthn/assertions.js';
import { passkeys } from '../webauthn/passkeys.schema.js';
import { CodeFailures } from './code-failures.js';
import type { FactorInput, Method } from './mfa.contract.js';
import { recoveryCodes, totpFactors } from './mfa.schema.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { isAppCode, TotpService } from './totp.service.js';

interface FactorClaim {
  userId: string;
  /** A code or a signature of a passkey. */
  given: FactorInput;
  /** For what, and for which sign-in or session: the passkey was asked to sign for just that. */
  purpose: 'second-factor' | 'sudo';
  boundTo: string;
}

/** What a person has besides the password, whichever it is. */
@Injectable()
export class SecondFactorsService {
  constructor(
    private readonly db: Database,
    private readonly totp: TotpService,
    private readonly recoveryCodes: RecoveryCodesService,
    private readonly assertions: Assertions,
    private readonly failures: CodeFailures,
  ) {}

  /** Empty when nothing but the first factor is asked for. */
  async methodsOf(userId: string): Promise<Method[]> {
    const status = await this.statusOf(userId);
    return [
      ...(status.totp_confirmed_at ? ['totp' as const] : []),
      ...(status.passkeys > 0 ? ['passkey' as const] : []),
      ...(status.required && status.recovery_codes_left > 0 ? ['recovery_code' as const] : []),
    ];
  }

  /** One query, as every sign-in asks. */
  async statusOf(userId: string) {
    const isApp = and(eq(totpFactors.userId, users.id), isNotNull(totpFactors.confirmedAt));
    const [found] = await this.db.conn
      .select({
        totp_confirmed_at: totpFactors.confirmedAt,
        passkeys: this.db.conn.$count(passkeys, eq(passkeys.userId, users.id)),
        recovery_codes_left: this.db.conn.$count(recoveryCodes, eq(recoveryCodes.userId, users.id)),
      })
      .from(users)
      .leftJoin(totpFactors, isApp)
      .where(eq(users.id, userId));
    const status = found ?? { totp_confirmed_at: null, passkeys: 0, recovery_codes_left: 0 };
    return { required: status.totp_confirmed_at !== null || status.passkeys > 0, ...status };
  }

  /**
   * Uses up what is given and does the work in the same transaction, told how it was proven (RFC 8176). Nothing when
   * the proof is wrong, and then the work is not done. Throws `TooManyCodes`. Not in a transaction: what was tried
   * in vain must stay counted.
   */
  async prove<T extends object>(
    claim: FactorClaim,
    work: (amr: string[]) => Promise<T>,
  ): Promise<T | undefined> {
    const { userId, given } = claim;
    const isGuess = given.code !== undefined && isAppCode(given.code);
    const failures = isGuess ? await this.failures.count(userId) : 0;
    const done = await this.db.transaction(async () => {
      await lockUserShared(this.db, userId);
      const amr = await this.#use(claim);
      if (amr && isGuess) await this.failures.clear(userId);
      return amr && work(amr);
    });
    if (!done && isGuess) await this.failures.failed(userId, failures);
    return done;
  }

  async #use({
    userId,
    given: { code, passkey },
    purpose,
    boundTo,
  }: FactorClaim): Promise<string[] | undefined> {
    if (passkey) {
      const proven = await this.assertions.verify(passkey, { purpose, boundTo });
      return proven?.userId === userId ? proven.amr : undefined;
    }
    if (code === undefined) return undefined;
    const uses = isAppCode(code) ? this.totp : this.recoveryCodes;
    return (await uses.use(userId, code)) ? ['otp'] : undefined;
  }
}
