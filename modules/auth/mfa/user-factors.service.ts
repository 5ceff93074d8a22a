import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { AuditLog } from '#libs/audit-log';
import { Database } from '#libs/database';
import { JobsService } from '#libs/queue';
import { reportRightsChange, UsersService } from '#modules/users';
import { SessionsService } from '../sessions/sessions.service.js';
import { passkeys } from '../webauthn/passkeys.schema.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { TotpService } from './totp.service.js';

/** Lets administrators help users who cannot prove a second factor, because they lost theirs or a thief added one. */
@Injectable()
export class UserFactorsService {
  constructor(
    private readonly db: Database,
    private readonly users: UsersService,
    private readonly totp: TotpService,
    private readonly recoveryCodes: RecoveryCodesService,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLog,
    private readonly jobs: JobsService,
  ) {}

  /**
   * Removes every second factor, ends all sessions, and has the user and all administrators told. A user who signed in with
   * passkeys alone chooses a password by mail. Throws UserNotFound, or AccessDenied for a user who may do more than the caller.
   */
  remove(userId: string, reason: string): Promise<void> {
    return this.db.transaction(async () => {
      const { email, role } = await this.users.lockForUpdate(userId);
      const hadApp = await this.totp.remove(userId);
      const { rowCount: removed } = await this.db.tx.delete(passkeys).where(eq(passkeys.userId, userId));
      await this.recoveryCodes.drop(userId);
      await this.sessions.revokeAll(userId);
      const meta = { totp: hadApp, passkeys: removed ?? 0 };
      this.audit.record({ action: 'second-factors.remove', target: `user:${userId}`, reason, meta });
      this.jobs.enqueue(reportRightsChange, { emails: [email], role, changes: ['second-factors'], reason });
    });
  }
}
