import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { RetentionService } from '#libs/database';
import { AuthCookies } from './auth-cookies.js';
import { SessionAuthentication } from './session-authentication.js';
import { sessions } from './sessions.schema.js';
import { SessionsService } from './sessions.service.js';

/** Sessions and the cookies that carry them; knows nothing of how people prove who they are. */
@Module({
  imports: [AuditLogModule],
  providers: [SessionsService, SessionAuthentication, AuthCookies],
  exports: [SessionsService, SessionAuthentication, AuthCookies],
})
export class SessionsModule {
  constructor(retention: RetentionService) {
    retention.addRule(sessions, sessions.id, lt(sessions.absoluteExpiresAt, sql`now()`));
  }
}
