import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '#libs/audit-log';
import { Keyring } from '#libs/config';

/** What is known of a sign-in that failed. It takes the same for any address, so that the time tells nothing. */
@Injectable()
export class SignInFailures {
  constructor(
    private readonly audit: AuditLog,
    private readonly keyring: Keyring,
  ) {}

  /** `userId` is nothing for an address without an account: attempts on the same one still belong together. */
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
