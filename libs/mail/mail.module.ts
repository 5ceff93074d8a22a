import { Global, Module } from '@nestjs/common';
import { Config } from '#libs/config';
import { Database } from '#libs/database';
import { DevMailController } from './dev-mail.controller.js';
import { DevMailbox } from './dev-mailbox.js';
import { Mailer } from './mailer.js';
import { SmtpMailer } from './smtp-mailer.js';

/** Sending mail: over SMTP where SMTP_URL is set, else into the development mailbox. */
@Global()
@Module({
  providers: [
    {
      provide: Mailer,
      inject: [Config, Database],
      useFactory: ({ SMTP_URL, MAIL_FROM }: Config, database: Database) =>
        SMTP_URL ? new SmtpMailer({ url: SMTP_URL, from: MAIL_FROM }) : new DevMailbox(database),
    },
  ],
  exports: [Mailer],
})
export class MailModule {}

/** Reading the development mailbox. For an API without SMTP_URL, and never in production. */
@Module({ controllers: [DevMailController], providers: [DevMailbox] })
export class DevMailModule {}
