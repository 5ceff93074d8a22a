import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { lockOwner, type Owner } from '../sessions/user-locks.js';
import { SecondFactorMissing } from './mfa.contract.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { SecondFactorsService } from './second-factors.service.js';
import {
  type SecurityChange,
  SecurityNotificationsService,
} from '../notifications/security-notifications.service.js';
import { TotpService } from './totp.service.js';

/** Changes the second factors of a user. Recovery codes come with the first factor and go with the last. */
@Injectable()
export class FactorsService {
  constructor(
    private readonly db: Database,
    private readonly totp: TotpService,
    private readonly recoveryCodes: RecoveryCodesService,
    private readonly factors: SecondFactorsService,
    private readonly notifications: SecurityNotificationsService,
  ) {}

  /** Switches the authenticator app on. Throws `TotpNotPending` or `TotpCodeWrong`. */
  confirmTotp(owner: Owner, code: string): Promise<{ recovery_codes: string[] | null }> {
    return this.db.transaction(async () => {
      await lockOwner(this.db, owner);
      await this.totp.confirm(owner.userId, code);
      return {
        recovery_codes: await this.added(owner, { action: 'totp.enable', notification: 'totp-enabled' }),
      };
    });
  }

  /** Switches the authenticator app off. Without one it does nothing, because the goal is already reached. */
  removeTotp(owner: Owner): Promise<void> {
    return this.db.transaction(async () => {
      await lockOwner(this.db, owner);
      if (!(await this.totp.remove(owner.userId))) return;
      await this.removed(owner, { action: 'totp.disable', notification: 'totp-disabled' });
    });
  }

  /** Replaces the recovery codes. Throws {@link SecondFactorMissing}. */
  replaceRecoveryCodes(owner: Owner): Promise<{ recovery_codes: string[] }> {
    return this.db.transaction(async () => {
      await lockOwner(this.db, owner);
      const { userId } = owner;
      if (!(await this.factors.statusOf(userId)).required) throw new SecondFactorMissing();
      this.notifications.notify(userId, {
        action: 'recovery-codes.create',
        notification: 'recovery-codes-replaced',
      });
      return { recovery_codes: await this.recoveryCodes.replace(userId) };
    });
  }

  /**
   * Completes the addition of a factor. Returns new recovery codes when the user has none, otherwise null. Needs a
   * transaction and a lock on the user.
   */
  async added(owner: Owner, change: SecurityChange): Promise<string[] | null> {
    await this.notifications.factorChanged(owner, change);
    const left = await this.recoveryCodes.left(owner.userId);
    return left > 0 ? null : this.recoveryCodes.replace(owner.userId);
  }

  /** Completes the removal of a factor. Needs a transaction and a lock on the user. */
  async removed(owner: Owner, change: SecurityChange): Promise<void> {
    await this.notifications.factorChanged(owner, change);
    // Recovery codes replace a factor; without any factor they would be a second password.
    if (!(await this.factors.statusOf(owner.userId)).required) await this.recoveryCodes.drop(owner.userId);
  }
}
