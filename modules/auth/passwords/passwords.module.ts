import { Module } from '@nestjs/common';
import { eq, lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { Database, RetentionService } from '#libs/database';
import { QueueModule } from '#libs/queue';
import { RateLimitModule } from '#libs/rate-limit';
import { UsersModule } from '#modules/users';
import { RevocationRegistry } from '../sessions/revocation-registry.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SignInMethodRegistry } from '../sessions/sign-in-method-registry.js';
import { PasswordChangesController } from './password-changes.controller.js';
import { PasswordChangesService } from './password-changes.service.js';
import { PasswordResetsController } from './password-resets.controller.js';
import { PasswordResetsService } from './password-resets.service.js';
import { credentials, oneTimeTokens } from './passwords.schema.js';
import { PasswordsService } from './passwords.service.js';

const services = [PasswordsService, PasswordChangesService, PasswordResetsService];

/** Passwords and the links with which users choose them, for every process. */
@Module({
  imports: [AuditLogModule, QueueModule, SessionsModule, UsersModule],
  providers: services,
  exports: services,
})
export class PasswordsModule {
  constructor(
    db: Database,
    retention: RetentionService,
    methods: SignInMethodRegistry,
    revocations: RevocationRegistry,
    resets: PasswordResetsService,
  ) {
    // Links stay a month longer than they work, because a mail job may be repeated that long, see docs/jobs.md.
    retention.addRule(
      oneTimeTokens,
      oneTimeTokens.hash,
      lt(oneTimeTokens.expiresAt, sql`now() - interval '30 days'`),
    );
    methods.register((userId) => db.tx.$count(credentials, eq(credentials.userId, userId)));
    revocations.endWithCredentials(oneTimeTokens, (userId) => resets.useUpLinks(userId));
  }
}

/** The routes, for the API. */
@Module({
  imports: [PasswordsModule, SessionsModule, RateLimitModule],
  controllers: [PasswordResetsController, PasswordChangesController],
})
export class PasswordsHttpModule {}
