import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { RetentionService } from '#libs/database';
import { limitedMails } from './limited-mails.schema.js';
import { LimitedMailer } from './limited-mailer.js';

/** The mails that strangers can cause, for the worker. */
@Module({ providers: [LimitedMailer], exports: [LimitedMailer] })
export class MailLimitsModule {
  constructor(retention: RetentionService) {
    // A day, because a mail job is tried for hours while the mail server is away.
    retention.addRule(limitedMails, limitedMails.key, lt(limitedMails.sentAt, sql`now() - interval '1 day'`));
  }
}
