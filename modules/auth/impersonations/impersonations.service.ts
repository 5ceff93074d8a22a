import { Injectable } from '@nestjs/common';
import { AccessDenied, getSession, getUser, permissionsOf } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Database } from '#libs/database';
import { JobsService } from '#libs/queue';
import { UsersService } from '#modules/users';
import { lockOwner } from '../sessions/user-locks.js';
import { sendNotification } from '../notifications/notifications.jobs.js';
import { type Browser, SessionsService } from '../sessions/sessions.service.js';
import { UserNotActive } from './impersonations.contract.js';
import { mayActAs } from '../sessions/impersonation-rules.js';

/** Half an hour is enough to see what a user sees. */
const lifetimeMinutes = 30;

/** Lets an administrator act as a user. */
@Injectable()
export class ImpersonationsService {
  constructor(
    private readonly db: Database,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly jobs: JobsService,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Starts a session as this user, which replaces the caller's, and notifies the user. Throws UserNotFound,
   * {@link UserNotActive}, or AccessDenied for a user who may do as much as the caller.
   */
  start(userId: string, reason: string, browser: Browser) {
    const caller = getUser();
    return this.db.transaction(async () => {
      const { role, status } = await this.users.lockForUpdate(userId);
      if (userId === caller.id || !mayActAs(caller.permissions, permissionsOf(role)))
        throw new AccessDenied('You can act only as users who may do less than you.');
      if (status !== 'active') throw new UserNotActive();
      const { amr, aal } = await lockOwner(this.db, { userId: caller.id, sessionId: getSession().id });
      const { id, secret } = await this.sessions.start({
        userId,
        browser,
        // The new session takes over how the caller was authenticated, since the caller proved nothing new.
        amr,
        aal: aal === 2 ? 2 : 1,
        impersonatorId: caller.id,
        lifetimeMinutes,
      });
      this.audit.record({
        action: 'impersonations.start',
        target: `user:${userId}`,
        reason,
        meta: { session: id },
      });
      this.jobs.enqueue(sendNotification, {
        to: { userId },
        kind: 'impersonation-started',
        detail: reason,
      });
      return { secret, session: await this.sessions.get(id) };
    });
  }
}
