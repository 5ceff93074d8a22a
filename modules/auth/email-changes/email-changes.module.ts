import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { RetentionService } from '#libs/database';
import { QueueModule } from '#libs/queue';
import { UsersModule } from '#modules/users';
import { MailLimitsModule } from '../mail-limits/mail-limits.module.js';
import { RevocationRegistry } from '../sessions/revocation-registry.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { EmailChangeMailer } from './email-change-mailer.js';
import { EmailChangesController } from './email-changes.controller.js';
import { emailChanges } from './email-changes.schema.js';
import { EmailChangesService } from './email-changes.service.js';

/** Changes of the address of an account, for every process. */
@Module({
  imports: [AuditLogModule, QueueModule, SessionsModule, UsersModule],
  providers: [EmailChangesService],
  exports: [EmailChangesService],
})
export class EmailChangesModule {
  constructor(retention: RetentionService, revocations: RevocationRegistry, changes: EmailChangesService) {
    retention.addRule(emailChanges, emailChanges.userId, lt(emailChanges.expiresAt, sql`now()`));
    revocations.endWithCredentials(emailChanges, (userId) => changes.forgetWaiting(userId));
  }
}

/** The routes, for the API. */
@Module({ imports: [EmailChangesModule, SessionsModule], controllers: [EmailChangesController] })
export class EmailChangesHttpModule {}

/** The mails, for the worker. */
@Module({ imports: [MailLimitsModule], providers: [EmailChangeMailer] })
export class EmailChangesWorkerModule {}
