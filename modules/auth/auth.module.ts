import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { Retention } from '#libs/database';
import { MailModule } from '#libs/mail';
import { JobsModule } from '#modules/jobs';
import { UsersModule } from '#modules/users';
import { ApiKeysHttpModule, ApiKeysModule } from './api-keys/api-keys.module.js';
import { OAuthHttpModule, OAuthModule, OAuthWorkerModule } from './oauth/oauth.module.js';
import { AccessGuard } from './guards/access.guard.js';
import { AdminsService } from './admins.service.js';
import { oneTimeTokens, registrations } from './auth.schema.js';
import { sessions } from './sessions/sessions.schema.js';
import { AuthMails } from './auth-mails.js';
import { AuthProcessor } from './auth.processor.js';
import { AuthenticationGuard } from './guards/authentication.guard.js';
import { CsrfGuard } from './guards/csrf.guard.js';
import { PasswordResetsController } from './passwords/password-resets.controller.js';
import { PasswordResetsService } from './passwords/password-resets.service.js';
import { Passwords } from './passwords/passwords.js';
import { RegistrationsController } from './registrations/registrations.controller.js';
import { RegistrationsService } from './registrations/registrations.service.js';
import { SecretCookies } from './sessions/secret-cookies.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SignInService } from './sessions/sign-in.service.js';
import { SudoController } from './sessions/sudo.controller.js';
import { SessionsService } from './sessions/sessions.service.js';

/** Credentials, sessions and links: for every process. */
@Module({
  imports: [JobsModule, UsersModule, ApiKeysModule, OAuthModule],
  providers: [
    Passwords,
    SessionsService,
    SignInService,
    RegistrationsService,
    PasswordResetsService,
    AdminsService,
  ],
  exports: [SessionsService, SignInService, RegistrationsService, PasswordResetsService, AdminsService],
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
  imports: [AuthModule, ApiKeysHttpModule, OAuthHttpModule],
  controllers: [RegistrationsController, SessionsController, SudoController, PasswordResetsController],
  providers: [SecretCookies, CsrfGuard, AuthenticationGuard, AccessGuard],
  exports: [CsrfGuard, AuthenticationGuard, AccessGuard],
})
export class AuthHttpModule {}

/** The mails: for the worker. */
@Module({ imports: [AuthModule, OAuthWorkerModule, MailModule], providers: [AuthMails, AuthProcessor] })
export class AuthWorkerModule {}
