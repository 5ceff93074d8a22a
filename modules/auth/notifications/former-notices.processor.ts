import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { defineJob, type JobRun, ProcessJob } from '#libs/queue';
import { mailJob } from '../secrets/auth.contract.js';
import { NotificationMailer } from './notification-mailer.js';
import { plainNotice } from './notifications.contract.js';

const securityChange = z.object({ userId: z.uuid(), change: plainNotice });
const tellSecurityChange = defineJob('auth.tell-security-change', securityChange, mailJob);

const identityChange = z.object({
  userId: z.uuid(),
  provider: z.string(),
  change: z.enum(['linked', 'unlinked']),
});
const noticeIdentityChange = defineJob('auth.notice-identity-change', identityChange, mailJob);

const impersonation = z.object({ userId: z.uuid(), reason: z.string() });
const notifyImpersonation = defineJob('auth.notify-impersonation', impersonation, mailJob);

/**
 * Does the jobs that notices had before there was one for all of them. Nothing promises them any more. What an older
 * release promised may still wait, and its dead letters can be sent again for 30 days; after that this file can go.
 */
@Injectable()
export class FormerNoticesProcessor {
  constructor(private readonly mails: NotificationMailer) {}

  @ProcessJob(tellSecurityChange)
  securityChange({ id, data: { userId, change } }: JobRun<z.output<typeof securityChange>>) {
    return this.mails.send(id, { to: { userId }, notice: change });
  }

  @ProcessJob(noticeIdentityChange)
  identityChange({ id, data: { userId, provider, change } }: JobRun<z.output<typeof identityChange>>) {
    return this.mails.send(id, { to: { userId }, notice: `identity-${change}`, detail: provider });
  }

  @ProcessJob(notifyImpersonation)
  impersonation({ id, data: { userId, reason } }: JobRun<z.output<typeof impersonation>>) {
    return this.mails.send(id, { to: { userId }, notice: 'impersonation-started', detail: reason });
  }
}
