import { Injectable } from '@nestjs/common';
import { AuditLog } from '#libs/audit-log';
import { JobsService } from '#libs/queue';
import type { Owner } from '../sessions/user-locks.js';
import type { PlainNotice } from './notification-texts.js';
import { sendNotification } from './notifications.jobs.js';
import { SessionsService } from '../sessions/sessions.service.js';

export interface SecurityChange {
  /** Of the audit event. */
  action: string;
  /** What the mail tells. */
  notice: PlainNotice;
  meta?: Record<string, unknown>;
}

/** What follows when the factors of an account change (ASVS 5.0 6.3.7 and 7.4.3). Everything needs a transaction. */
@Injectable()
export class SecurityNotifications {
  constructor(
    private readonly audit: AuditLog,
    private readonly jobs: JobsService,
    private readonly sessions: SessionsService,
  ) {}

  /** Writes it down and promises a mail, which reaches the owner of the account also when somebody else is at work. */
  tell(userId: string, { action, notice, meta }: SecurityChange): void {
    this.audit.record({ action, target: `user:${userId}`, ...(meta && { meta }) });
    this.jobs.enqueue(sendNotification, { to: { userId }, notice });
  }

  /** A factor came or went: the same, and all other sessions and waiting sign-ins end, which began by other rules. */
  async factorChanged({ userId, sessionId }: Owner, change: SecurityChange): Promise<void> {
    this.tell(userId, change);
    await this.sessions.revokeAll(userId, { except: sessionId });
  }
}
