import { Injectable } from '@nestjs/common';
import { Audit } from '#libs/audit';
import { JobsService } from '#modules/jobs';
import type { Owner } from '../hold-user.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { type SecurityChange, tellSecurityChange } from './mfa.contract.js';

export interface Notice {
  /** Of the audit event. */
  action: string;
  /** What the mail tells. */
  change: SecurityChange;
  meta?: Record<string, unknown>;
}

/** What follows when the factors of an account change (ASVS 5.0 6.3.7 and 7.4.3). Everything needs a transaction. */
@Injectable()
export class SecurityNotices {
  constructor(
    private readonly audit: Audit,
    private readonly jobs: JobsService,
    private readonly sessions: SessionsService,
  ) {}

  /** Writes it down and promises a mail, which reaches the owner of the account also when somebody else is at work. */
  tell(userId: string, { action, change, meta }: Notice): void {
    this.audit.record({ action, target: `user:${userId}`, ...(meta && { meta }) });
    this.jobs.enqueue(tellSecurityChange, { userId, change });
  }

  /** A factor came or went: the same, and all other sessions and waiting sign-ins end, which began by other rules. */
  async factorChanged({ userId, sessionId }: Owner, notice: Notice): Promise<void> {
    this.tell(userId, notice);
    await this.sessions.revokeAll(userId, { except: sessionId });
  }
}
