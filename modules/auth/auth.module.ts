import { Module } from '@nestjs/common';
import { AuditLogModule } from '#libs/audit-log';
import { OAuthHttpModule, OAuthModule, OAuthWorkerModule } from '#modules/oauth';
import { UsersModule } from '#modules/users';
import { AccountMailsWorkerModule } from './account-mails/account-mails.module.js';
import { AdminsService } from './admins/admins.service.js';
import { ApiKeysHttpModule, ApiKeysModule } from './api-keys/api-keys.module.js';
import {
  EmailChangesHttpModule,
  EmailChangesModule,
  EmailChangesWorkerModule,
} from './email-changes/email-changes.module.js';
import { AccessDenialsFilter } from './guards/access-denials.filter.js';
import { AccessGuard } from './guards/access.guard.js';
import { AuthenticationGuard } from './guards/authentication.guard.js';
import { CsrfGuard } from './guards/csrf.guard.js';
import { LongAnswers } from './guards/long-answers.js';
import { ImpersonationsHttpModule } from './impersonations/impersonations.module.js';
import { MfaHttpModule, MfaModule, MfaWorkerModule } from './mfa/mfa.module.js';
import { NotificationsWorkerModule } from './notifications/notifications.module.js';
import { OidcHttpModule, OidcModule } from './oidc/oidc.module.js';
import { PasswordsHttpModule, PasswordsModule } from './passwords/passwords.module.js';
import { RegistrationsHttpModule, RegistrationsModule } from './registrations/registrations.module.js';
import { SessionsHttpModule, SessionsModule } from './sessions/sessions.module.js';
import { SignInHttpModule, SignInModule } from './sign-in/sign-in.module.js';

/**
 * Credentials, sessions and links, for every process: each of these modules registers what a revocation ends and how users
 * sign in.
 */
@Module({
  imports: [
    AuditLogModule,
    ApiKeysModule,
    EmailChangesModule,
    MfaModule,
    OAuthModule,
    OidcModule,
    PasswordsModule,
    RegistrationsModule,
    SessionsModule,
    SignInModule,
    UsersModule,
  ],
  providers: [AdminsService],
  exports: [AdminsService, OAuthModule, PasswordsModule],
})
export class AuthModule {}

const pipeline = [CsrfGuard, AuthenticationGuard, AccessGuard, AccessDenialsFilter, LongAnswers];

/** The routes, and what guards all routes, for the API. */
@Module({
  imports: [
    AuthModule,
    AuditLogModule,
    SessionsModule,
    ApiKeysHttpModule,
    EmailChangesHttpModule,
    ImpersonationsHttpModule,
    MfaHttpModule,
    OAuthHttpModule,
    OidcHttpModule,
    PasswordsHttpModule,
    RegistrationsHttpModule,
    SessionsHttpModule,
    SignInHttpModule,
  ],
  providers: pipeline,
  exports: pipeline,
})
export class AuthHttpModule {}

/** Mails and the upkeep of secrets, and the guards of its few routes, for the worker. */
@Module({
  imports: [
    AuthModule,
    SessionsModule,
    ApiKeysModule,
    AccountMailsWorkerModule,
    EmailChangesWorkerModule,
    MfaWorkerModule,
    NotificationsWorkerModule,
    OAuthWorkerModule,
  ],
  providers: [AuthenticationGuard, AccessGuard],
  exports: [AuthenticationGuard, AccessGuard],
})
export class AuthWorkerModule {}
