import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { AuditModule } from '#libs/audit';
import { Retention } from '#libs/database';
import { MailModule } from '#libs/mail';
import { RateLimitModule } from '#libs/rate-limit';
import { JobsModule } from '#modules/jobs';
import { UsersModule } from '#modules/users';
import { AccessGuard } from './guards/access.guard.js';
import { AdminsService } from './admins.service.js';
import { oneTimeTokens, registrations } from './auth.schema.js';
import { sessions } from './sessions/sessions.schema.js';
import { AuthMails } from './auth-mails.js';
import { AuthProcessor } from './auth.processor.js';
import { AuthenticationGuard } from './guards/authentication.guard.js';
import { CsrfGuard } from './guards/csrf.guard.js';
import { EmailChangeMails } from './email-changes/email-change-mails.js';
import { EmailChangesController } from './email-changes/email-changes.controller.js';
import { emailChanges } from './email-changes/email-changes.schema.js';
import { EmailChangesService } from './email-changes/email-changes.service.js';
import { NoticesProcessor } from './notices/notices.processor.js';
import { PasswordChangesController } from './passwords/password-changes.controller.js';
import { PasswordChangesService } from './passwords/password-changes.service.js';
import { PasswordResetsController } from './passwords/password-resets.controller.js';
import { PasswordResetsService } from './passwords/password-resets.service.js';
import { Passwords } from './passwords/passwords.js';
import { RegistrationsController } from './registrations/registrations.controller.js';
import { RegistrationsService } from './registrations/registrations.service.js';
import { Revocations } from './revocations.service.js';
import { SecretCookies } from './sessions/secret-cookies.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SignInService } from './sessions/sign-in.service.js';
import { SudoController } from './sessions/sudo.controller.js';
import { SessionsService } from './sessions/sessions.service.js';

/** Credentials, sessions and links: for every process. */
@Module({
  imports: [AuditModule, JobsModule, UsersModule],
  providers: [
    Passwords,
    PasswordChangesService,
    EmailChangesService,
    Revocations,
    SessionsService,
    SignInService,
    RegistrationsService,
    PasswordResetsService,
    AdminsService,
  ],
  exports: [
    SessionsService,
    SignInService,
    RegistrationsService,
    PasswordResetsService,
    PasswordChangesService,
    EmailChangesService,
    Revocations,
    AdminsService,
  ],
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
    retention.forget(emailChanges, emailChanges.userId, lt(emailChanges.expiresAt, sql`now()`));
    retention.forget(sessions, sessions.id, lt(sessions.absoluteExpiresAt, sql`now()`));
  }
}

/** The routes, and the guards for all routes: for the API. */
@Module({
  imports: [AuthModule, RateLimitModule],
  controllers: [
    RegistrationsController,
    SessionsController,
    SudoController,
    PasswordResetsController,
    PasswordChangesController,
    EmailChangesController,
  ],
  providers: [SecretCookies, CsrfGuard, AuthenticationGuard, AccessGuard],
  exports: [CsrfGuard, AuthenticationGuard, AccessGuard],
})
export class AuthHttpModule {}

/** The mails: for the worker. */
@Module({
  imports: [AuthModule, MailModule],
  providers: [AuthMails, AuthProcessor, EmailChangeMails, NoticesProcessor],
})
export class AuthWorkerModule {}
