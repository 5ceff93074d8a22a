import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { Retention } from '#libs/database';
import { MailModule } from '#libs/mail';
import { JobsModule } from '#modules/jobs';
import { UsersModule } from '#modules/users';
import { AccessGuard } from './access.guard.js';
import { AdminsService } from './admins.service.js';
import { oneTimeTokens, registrations, sessions } from './auth.schema.js';
import { AuthMails } from './auth-mails.js';
import { AuthProcessor } from './auth.processor.js';
import { AuthenticationGuard } from './authentication.guard.js';
import { CsrfGuard } from './csrf.guard.js';
import { PasswordResetsController } from './password-resets.controller.js';
import { PasswordResetsService } from './password-resets.service.js';
import { Passwords } from './passwords.js';
import { RegistrationsController } from './registrations.controller.js';
import { RegistrationsService } from './registrations.service.js';
import { SessionCookie } from './session-cookie.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';

/** Credentials, sessions and links: for every process. */
@Module({
  imports: [JobsModule, UsersModule],
  providers: [Passwords, SessionsService, RegistrationsService, PasswordResetsService, AdminsService],
  exports: [SessionsService, RegistrationsService, PasswordResetsService, AdminsService],
})
export class AuthModule {
  constructor(retention: Retention) {
    retention.forget(registrations, registrations.id, lt(registrations.expiresAt, sql`now()`));
    // A month longer than they work: as long as a mail job may come back, see docs/jobs.md.
    retention.forget(
      oneTimeTokens,
      oneTimeTokens.hash,
      lt(oneTimeTokens.expiresAt, sql`now() - interval '30 days'`),
    );
    retention.forget(sessions, sessions.id, lt(sessions.absoluteExpiresAt, sql`now()`));
  }
}

/** The routes, and the guards for all routes: for the API. */
@Module({
  imports: [AuthModule],
  controllers: [RegistrationsController, SessionsController, PasswordResetsController],
  providers: [SessionCookie, CsrfGuard, AuthenticationGuard, AccessGuard],
  exports: [CsrfGuard, AuthenticationGuard, AccessGuard],
})
export class AuthHttpModule {}

/** The mails: for the worker. */
@Module({ imports: [AuthModule, MailModule], providers: [AuthMails, AuthProcessor] })
export class AuthWorkerModule {}
