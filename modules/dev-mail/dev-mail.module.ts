import { Global, Module } from '@nestjs/common';
import { Mailer } from '#libs/mail';
import { DevMailController } from './dev-mail.controller.js';
import { DevMailService } from './dev-mail.service.js';

/** Reading the mailbox, for an API without SMTP_URL and never in production. */
@Module({ controllers: [DevMailController], providers: [DevMailService] })
export class DevMailHttpModule {}

/** Storing mail instead of sending it, for a worker without SMTP_URL. */
@Global()
@Module({ providers: [{ provide: Mailer, useClass: DevMailService }], exports: [Mailer] })
export class DevMailWorkerModule {}
