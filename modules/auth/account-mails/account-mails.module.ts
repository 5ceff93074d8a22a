import { Module } from '@nestjs/common';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { RegistrationsModule } from '../registrations/registrations.module.js';
import { AccountMailer } from './account-mailer.js';
import { AccountMailsProcessor } from './account-mails.processor.js';

/** The mails that answer registrations, resets and invitations, for the worker. */
@Module({
  imports: [PasswordsModule, RegistrationsModule],
  providers: [AccountMailer, AccountMailsProcessor],
})
export class AccountMailsWorkerModule {}
