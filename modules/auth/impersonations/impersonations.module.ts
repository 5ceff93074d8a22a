import { Module } from '@nestjs/common';
import { AuditLogModule } from '#libs/audit-log';
import { QueueModule } from '#libs/queue';
import { UsersModule } from '#modules/users';
import { SessionsModule } from '../sessions/sessions.module.js';
import { ImpersonationsController } from './impersonations.controller.js';
import { ImpersonationsService } from './impersonations.service.js';

/** Administrators who act as a user, for the API. */
@Module({
  imports: [AuditLogModule, QueueModule, SessionsModule, UsersModule],
  controllers: [ImpersonationsController],
  providers: [ImpersonationsService],
})
export class ImpersonationsHttpModule {}
