import { Module } from '@nestjs/common';
import { AuditLogModule } from '#libs/audit-log';
import { QueueModule } from '#libs/queue';
import { SessionsModule } from '../sessions/sessions.module.js';
import { NotificationMailer } from './notification-mailer.js';
import { NotificationsProcessor } from './notifications.processor.js';
import { RightsReportsService } from './rights-reports.service.js';
import { SecurityNotificationsService } from './security-notifications.service.js';

/** Notifies users of changes to their account, for every process. */
@Module({
  imports: [AuditLogModule, QueueModule, SessionsModule],
  providers: [SecurityNotificationsService],
  exports: [SecurityNotificationsService],
})
export class NotificationsModule {}

/** Sends the mails, for the worker. */
@Module({
  imports: [QueueModule],
  providers: [NotificationMailer, RightsReportsService, NotificationsProcessor],
})
export class NotificationsWorkerModule {}
