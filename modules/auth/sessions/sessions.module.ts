import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { RetentionService } from '#libs/database';
import { QueueModule } from '#libs/queue';
import { UsersModule } from '#modules/users';
import { AuthCookies } from './auth-cookies.js';
import { RevocationRegistry } from './revocation-registry.js';
import { RevocationsService } from './revocations.service.js';
import { SessionAuthenticator } from './session-authenticator.js';
import { sessions } from './sessions.schema.js';
import { SessionsService } from './sessions.service.js';
import { SignInMethodRegistry } from './sign-in-method-registry.js';
import { UserSessionsController } from './user-sessions.controller.js';
import { UserSessionsService } from './user-sessions.service.js';

const services = [
  SessionsService,
  SessionAuthenticator,
  AuthCookies,
  RevocationRegistry,
  RevocationsService,
  SignInMethodRegistry,
];

/** Sessions, the cookies that carry them, and what ends with them. This module knows nothing of how users authenticate. */
@Module({ imports: [AuditLogModule, UsersModule], providers: services, exports: services })
export class SessionsModule {
  constructor(retention: RetentionService) {
    retention.addRule(sessions, sessions.id, lt(sessions.absoluteExpiresAt, sql`now()`));
  }
}

/** The routes with which administrators end sessions, for the API. */
@Module({
  imports: [QueueModule, SessionsModule, UsersModule],
  controllers: [UserSessionsController],
  providers: [UserSessionsService],
})
export class SessionsHttpModule {}
