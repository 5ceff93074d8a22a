import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { AuditModule } from '#libs/audit';
import { Retention } from '#libs/database';
import { RateLimitModule } from '#libs/rate-limit';
import { JobsModule } from '#modules/jobs';
import { UsersModule } from '#modules/users';
import { ApiKeysHttpModule, ApiKeysModule } from './api-keys/api-keys.module.js';
import { OAuthHttpModule, OAuthModule, OAuthWorkerModule } from './oauth/oauth.module.js';
import { AccessGuard } from './guards/access.guard.js';
import { AdminsService } from './admins.service.js';
import { oneTimeTokens, registrations } from './auth.schema.js';
import { AuthMails } from './auth-mails.js';
import { AuthProcessor } from './auth.processor.js';
import { AuthenticationGuard } from './guards/authentication.guard.js';
import { CsrfGuard } from './guards/csrf.guard.js';
import { MfaHttpModule, MfaWorkerModule } from './mfa/mfa.module.js';
import { DenialsFilter } from './guards/denials.filter.js';
import { ImpersonationsController } from './impersonations/impersonations.controller.js';
import { ImpersonationsService } from './impersonations/impersonations.service.js';
import { EmailChangeMails } from './email-changes/email-change-mails.js';
import { EmailChangesController } from './email-changes/email-changes.controller.js';
import { emailChanges } from './email-changes/email-changes.schema.js';
import { EmailChangesService } from './email-changes/email-changes.service.js';
import { FormerNoticesProcessor } from './notices/former-notices.processor.js';
import { NoticeMails } from './notices/notice-mails.js';
import { NoticesProcessor } from './notices/notices.processor.js';
import { PasswordChangesController } from './passwords/password-changes.controller.js';
import { PasswordChangesService } from './passwords/password-changes.service.js';
import { OidcHttpModule, OidcModule } from './oidc/oidc.module.js';
import { PasswordResetsController } from './passwords/password-resets.controller.js';
import { PasswordResetsService } from './passwords/password-resets.service.js';
import { RegistrationsController } from './registrations/registrations.controller.js';
import { RegistrationsService } from './registrations/registrations.service.js';
import { Revocations } from './revocations.service.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SignInModule } from './sessions/sign-in.module.js';
import { SudoController } from './sessions/sudo.controller.js';
import { SudoService } from './sessions/sudo.service.js';
import { UserSessionsController } from './sessions/user-sessions.controller.js';
import { UserSessionsService } from './sessions/user-sessions.service.js';

/** Credentials, sessions and links: for every process. */
@Module({
  imports: [AuditModule, JobsModule, UsersModule, SignInModule, OidcModule, ApiKeysModule, OAuthModule],
  providers: [
    PasswordChangesService,
    EmailChangesService,
    Revocations,
    SudoService,
    UserSessionsService,
    ImpersonationsService,
    RegistrationsService,
    PasswordResetsService,
    AdminsService,
  ],
  exports: [
    SignInModule,
    UserSessionsService,
    SudoService,
    ImpersonationsService,
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
  }
}

/** The routes, and the guards for all routes: for the API. */
@Module({
  imports: [
    AuthModule,
    AuditModule,
    RateLimitModule,
    MfaHttpModule,
    OidcHttpModule,
    ApiKeysHttpModule,
    OAuthHttpModule,
  ],
  controllers: [
    RegistrationsController,
    SessionsController,
    UserSessionsController,
    SudoController,
    ImpersonationsController,
    PasswordResetsController,
    PasswordChangesController,
    EmailChangesController,
  ],
  providers: [CsrfGuard, AuthenticationGuard, AccessGuard, DenialsFilter],
  exports: [CsrfGuard, AuthenticationGuard, AccessGuard, DenialsFilter],
})
export class AuthHttpModule {}

/** The mails: for the worker. */
@Module({
  imports: [AuthModule, MfaWorkerModule, OAuthWorkerModule],
  providers: [
    AuthMails,
    AuthProcessor,
    EmailChangeMails,
    NoticeMails,
    NoticesProcessor,
    FormerNoticesProcessor,
  ],
})
export class AuthWorkerModule {}
