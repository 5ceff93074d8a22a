import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { RetentionService } from '#libs/database';
import { UsersModule } from '#modules/users';
import { AuthCookies } from './auth-cookies.js';
import { RevocationRegistry } from './revocation-registry.js';
import { RevocationsService } from './revocations.service.js';
import { SessionAuthentication } from './session-authentication.js';
import { sessions } from './sessions.schema.js';
import { SessionsService } from './sessions.service.js';
import { SignInMethods } from './sign-in-methods.js';
import { UserSessionsController } from './user-sessions.controller.js';
import { UserSessionsService } from './user-sessions.service.js';

const services = [
  SessionsService,
  SessionAuthentication,
  AuthCookies,
  RevocationRegistry,
  RevocationsService,
  SignInMethods,
];

/** Sessions, the cookies that carry them, and what ends with them; knows nothing of how users prove who they are. */
@Module({ imports: [AuditLogModule, UsersModule], providers: services, exports: services })
export class SessionsModule {
  constructor(retention: RetentionService) {
    retention.addRule(sessions, sessions.id, lt(sessions.absoluteExpiresAt, sql`now()`));
  }
}

/** The routes by which administrators end them: for the API. */
@Module({
  imports: [SessionsModule, UsersModule],
  controllers: [UserSessionsController],
  providers: [UserSessionsService],
})
export class SessionsHttpModule {}
