import { Module } from '@nestjs/common';
import { MailLimitsModule } from '../mail-limits/mail-limits.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { AccountMailer } from './account-mailer.js';
import { AccountMailsProcessor } from './account-mails.processor.js';

/** The mails that answer registrations, resets and invitations, for the worker. */
@Module({ imports: [MailLimitsModule, PasswordsModule], providers: [AccountMailer, AccountMailsProcessor] })
export class AccountMailsWorkerModule {}
