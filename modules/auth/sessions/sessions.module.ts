import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { AuditModule } from '#libs/audit-log';
import { Retention } from '#libs/database';
import { SecretCookies } from './auth-cookies.js';
import { SessionAuthentication } from './session-authentication.js';
import { sessions } from './sessions.schema.js';
import { SessionsService } from './sessions.service.js';

/** Sessions and the cookies that carry them; knows nothing of how people prove who they are. */
@Module({
  imports: [AuditModule],
  providers: [SessionsService, SessionAuthentication, SecretCookies],
  exports: [SessionsService, SessionAuthentication, SecretCookies],
})
export class SessionsModule {
  constructor(retention: Retention) {
    retention.forget(sessions, sessions.id, lt(sessions.absoluteExpiresAt, sql`now()`));
  }
}
