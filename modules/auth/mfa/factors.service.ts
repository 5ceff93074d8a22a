import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { lockOwner, type Owner } from '../sessions/user-locks.js';
import { SecondFactorMissing } from './mfa.contract.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { SecondFactorsService } from './second-factors.service.js';
import { type SecurityChange, SecurityNotifications } from '../notifications/security-notifications.js';
import { TotpService } from './totp.service.js';

/** How people change their second factors. Recovery codes come with the first one and go with the last. */
@Injectable()
export class FactorsService {
  constructor(
    private readonly db: Database,
    private readonly totp: TotpService,
    private readonly recoveryCodes: RecoveryCodesService,
    private readonly factors: SecondFactorsService,
    private readonly notices: SecurityNotifications,
  ) {}

  /** Switches the authenticator app on. Throws `TotpNotPending` or `TotpCodeWrong`. */
  confirmTotp(owner: Owner, code: string): Promise<{ recovery_codes: string[] | null }> {
    return this.db.transaction(async () => {
      await lockOwner(this.db, owner);
      await this.totp.confirm(owner.userId, code);
      return { recovery_codes: await this.added(owner, { action: 'totp.enable', notice: 'totp-enabled' }) };
    });
  }

  /** Switches it off. That there is none is no error: the wish is fulfilled. */
  removeTotp(owner: Owner): Promise<void> {
    return this.db.transaction(async () => {
      await lockOwner(this.db, owner);
      if (!(await this.totp.remove(owner.userId))) return;
      await this.removed(owner, { action: 'totp.disable', notice: 'totp-disabled' });
    });
  }

  /** Throws {@link SecondFactorMissing}. */
  replaceRecoveryCodes(owner: Owner): Promise<{ recovery_codes: string[] }> {
    return this.db.transaction(async () => {
      await lockOwner(this.db, owner);
      const { userId } = owner;
      if (!(await this.factors.statusOf(userId)).required) throw new SecondFactorMissing();
      this.notices.tell(userId, { action: 'recovery-codes.create', notice: 'recovery-codes-replaced' });
      return { recovery_codes: await this.recoveryCodes.replace(userId) };
    });
  }

  /** What follows a new factor; recovery codes when there are none yet. Needs a transaction, and the user held. */
  async added(owner: Owner, change: SecurityChange): Promise<string[] | null> {
    await this.notices.factorChanged(owner, change);
    const left = await this.recoveryCodes.left(owner.userId);
    return left > 0 ? null : this.recoveryCodes.replace(owner.userId);
  }

  /** What follows when one is gone. Needs a transaction, and the user held. */
  async removed(owner: Owner, change: SecurityChange): Promise<void> {
    await this.notices.factorChanged(owner, change);
    // They stand in for a factor; without one they would be a second password.
    if (!(await this.factors.statusOf(owner.userId)).required) await this.recoveryCodes.drop(owner.userId);
  }
}
