import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { RetentionService } from '#libs/database';
import { QueueModule } from '#libs/queue';
import { RateLimitModule } from '#libs/rate-limit';
import { UsersModule } from '#modules/users';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { RegistrationsController } from './registrations.controller.js';
import { registrations } from './registrations.schema.js';
import { RegistrationsService } from './registrations.service.js';

/** Registrations that wait for their verification, for every process. */
@Module({
  imports: [AuditLogModule, PasswordsModule, QueueModule, UsersModule],
  providers: [RegistrationsService],
  exports: [RegistrationsService],
})
export class RegistrationsModule {
  constructor(retention: RetentionService) {
    retention.addRule(registrations, registrations.id, lt(registrations.expiresAt, sql`now()`));
  }
}

/** The routes, for the API. */
@Module({ imports: [RegistrationsModule, RateLimitModule], controllers: [RegistrationsController] })
export class RegistrationsHttpModule {}
