import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { RetentionService } from '#libs/database';
import { RateLimitModule } from '#libs/rate-limit';
import { QueueModule } from '#libs/queue';
import { UsersModule } from '#modules/users';
import { ApiKeysHttpModule, ApiKeysModule } from './api-keys/api-keys.module.js';
import { OAuthHttpModule, OAuthModule, OAuthWorkerModule } from '#modules/oauth';
import { AccessGuard } from './guards/access.guard.js';
import { AdminsService } from './admins/admins.service.js';
import { oneTimeTokens, registrations } from './secrets/auth.schema.js';
import { AccountMailer } from './account-mails/account-mailer.js';
import { AccountMailsProcessor } from './account-mails/account-mails.processor.js';
import { AuthenticationGuard } from './guards/authentication.guard.js';
import { CsrfGuard } from './guards/csrf.guard.js';
import { MfaHttpModule, MfaWorkerModule } from './mfa/mfa.module.js';
import { AccessDenialsFilter } from './guards/access-denials.filter.js';
import { ImpersonationsController } from './impersonations/impersonations.controller.js';
import { ImpersonationsService } from './impersonations/impersonations.service.js';
import { EmailChangeMailer } from './email-changes/email-change-mailer.js';
import { EmailChangesController } from './email-changes/email-changes.controller.js';
import { emailChanges } from './email-changes/email-changes.schema.js';
import { EmailChangesService } from './email-changes/email-changes.service.js';
import { FormerNoticesProcessor } from './notifications/former-notices.processor.js';
import { NotificationMailer } from './notifications/notification-mailer.js';
import { NotificationsProcessor } from './notifications/notifications.processor.js';
import { PasswordChangesController } from './passwords/password-changes.controller.js';
import { PasswordChangesService } from './passwords/password-changes.service.js';
import { OidcHttpModule, OidcModule } from './oidc/oidc.module.js';
import { PasswordResetsController } from './passwords/password-resets.controller.js';
import { PasswordResetsService } from './passwords/password-resets.service.js';
import { RegistrationsController } from './registrations/registrations.controller.js';
import { RegistrationsService } from './registrations/registrations.service.js';
import { RevocationsService } from './sessions/revocations.service.js';
import { SessionsController } from './sign-in/sessions.controller.js';
import { SignInModule } from './sign-in/sign-in.module.js';
import { SudoController } from './sign-in/sudo.controller.js';
import { SudoService } from './sign-in/sudo.service.js';
import { UserSessionsController } from './sessions/user-sessions.controller.js';
import { UserSessionsService } from './sessions/user-sessions.service.js';

/** Credentials, sessions and links: for every process. */
@Module({
  imports: [AuditLogModule, QueueModule, UsersModule, SignInModule, OidcModule, ApiKeysModule, OAuthModule],
  providers: [
    PasswordChangesService,
    EmailChangesService,
    RevocationsService,
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
    RevocationsService,
    AdminsService,
  ],
})
export class AuthModule {
  constructor(retention: RetentionService) {
    retention.addRule(registrations, registrations.id, lt(registrations.expiresAt, sql`now()`));
    // A month longer than they work: as long as a mail job may come back, see docs/jobs.md.
    retention.addRule(
      oneTimeTokens,
      oneTimeTokens.hash,
      lt(oneTimeTokens.expiresAt, sql`now() - interval '30 days'`),
    );
    retention.addRule(emailChanges, emailChanges.userId, lt(emailChanges.expiresAt, sql`now()`));
  }
}

/** The routes, and the guards for all routes: for the API. */
@Module({
  imports: [
    AuthModule,
    AuditLogModule,
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
  providers: [CsrfGuard, AuthenticationGuard, AccessGuard, AccessDenialsFilter],
  exports: [CsrfGuard, AuthenticationGuard, AccessGuard, AccessDenialsFilter],
})
export class AuthHttpModule {}

/** The mails: for the worker. */
@Module({
  imports: [AuthModule, MfaWorkerModule, OAuthWorkerModule],
  providers: [
    AccountMailer,
    AccountMailsProcessor,
    EmailChangeMailer,
    NotificationMailer,
    NotificationsProcessor,
    FormerNoticesProcessor,
  ],
})
export class AuthWorkerModule {}
