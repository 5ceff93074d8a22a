import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Mailer } from './mailer.js';
import { SmtpMailer, type SmtpOptions } from './smtp-mailer.js';

/** Mail over SMTP. A worker without a mail server imports the development mailbox instead, see modules/dev-mail. */
@Global()
@Module({})
export class MailModule {
  static forRoot(options: SmtpOptions): DynamicModule {
    return {
      module: MailModule,
      providers: [{ provide: Mailer, useFactory: () => new SmtpMailer(options) }],
      exports: [Mailer],
    };
  }
}
