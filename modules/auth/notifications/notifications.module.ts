import { Module } from '@nestjs/common';
import { AuditLogModule } from '#libs/audit-log';
import { QueueModule } from '#libs/queue';
import { SessionsModule } from '../sessions/sessions.module.js';
import { NotificationMailer } from './notification-mailer.js';
import { NotificationsProcessor } from './notifications.processor.js';
import { SecurityNotifications } from './security-notifications.js';

/** Tells users what was changed on their account: for every process. */
@Module({
  imports: [AuditLogModule, QueueModule, SessionsModule],
  providers: [SecurityNotifications],
  exports: [SecurityNotifications],
})
export class NotificationsModule {}

/** Sends the mails: for the worker. */
@Module({ providers: [NotificationMailer, NotificationsProcessor] })
export class NotificationsWorkerModule {}
