import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '#libs/audit-log';
import { Keyring } from '#libs/config';

/** Records failed sign-ins. It takes the same time for any address, so that the time reveals nothing. */
@Injectable()
export class SignInFailureRecorder {
  constructor(
    private readonly audit: AuditLog,
    private readonly keyring: Keyring,
  ) {}

  /**
   * Records one failure. `userId` is undefined for an address without an account; attempts on the same address still have the
   * same `account`.
   */
  record(email: string, userId: string | undefined): Promise<void> {
    const account = createHmac('sha256', this.keyring.primary('audit-account').secret)
      .update(email)
      .digest('base64url')
      .slice(0, 22);
    return this.audit.recordRefusal(
      {
        action: 'sessions.start',
        target: `user:${userId ?? 'unknown'}`,
        outcome: 'failure',
        meta: { account },
      },
      account,
    );
  }
}
