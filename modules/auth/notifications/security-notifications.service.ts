import { Injectable } from '@nestjs/common';
import { AuditLog } from '#libs/audit-log';
import { JobsService } from '#libs/queue';
import type { Owner } from '../sessions/user-locks.js';
import type { PlainNotification } from './notification-texts.js';
import { sendNotification } from './notifications.jobs.js';
import { SessionsService } from '../sessions/sessions.service.js';

export interface SecurityChange {
  /** The action of the audit event. */
  action: string;
  /** The notification that the user gets. */
  notification: PlainNotification;
  meta?: Record<string, unknown>;
}

/** Records and reports changes of the factors of an account (ASVS 5.0 6.3.7 and 7.4.3). Every method needs a transaction. */
@Injectable()
export class SecurityNotificationsService {
  constructor(
    private readonly audit: AuditLog,
    private readonly jobs: JobsService,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Records the change and enqueues a mail. The mail goes to the owner of the account, also when another person made the
   * change.
   */
  notify(userId: string, { action, notification, meta }: SecurityChange): void {
    this.audit.record({ action, target: `user:${userId}`, ...(meta && { meta }) });
    this.jobs.enqueue(sendNotification, { to: { userId }, kind: notification });
  }

  /**
   * Records and reports a change of factors, and ends all other sessions and waiting sign-ins, because they began under other
   * rules.
   */
  async factorChanged({ userId, sessionId }: Owner, change: SecurityChange): Promise<void> {
    this.notify(userId, change);
    await this.sessions.revokeAll(userId, { except: sessionId });
  }
}
