import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { Retention } from '#libs/database';
import { MailModule } from '#libs/mail';
import { JobsModule } from '#modules/jobs';
import { UsersModule } from '#modules/users';
import { AccessGuard } from './guards/access.guard.js';
import { AdminsService } from './admins.service.js';
import { oneTimeTokens, registrations } from './auth.schema.js';
import { AuthMails } from './auth-mails.js';
import { AuthProcessor } from './auth.processor.js';
import { AuthenticationGuard } from './guards/authentication.guard.js';
import { CsrfGuard } from './guards/csrf.guard.js';
import { OidcHttpModule, OidcModule, OidcWorkerModule } from './oidc/oidc.module.js';
import { PasswordResetsController } from './passwords/password-resets.controller.js';
import { PasswordResetsService } from './passwords/password-resets.service.js';
import { RegistrationsController } from './registrations/registrations.controller.js';
import { RegistrationsService } from './registrations/registrations.service.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SignInModule } from './sessions/sign-in.module.js';
import { SudoController } from './sessions/sudo.controller.js';

/** Credentials, sessions and links: for every process. */
@Module({
  imports: [JobsModule, UsersModule, SignInModule, OidcModule],
  providers: [RegistrationsService, PasswordResetsService, AdminsService],
  exports: [SignInModule, RegistrationsService, PasswordResetsService, AdminsService],
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
  }
}

/** The routes, and the guards for all routes: for the API. */
@Module({
  imports: [AuthModule, OidcHttpModule],
  controllers: [RegistrationsController, SessionsController, SudoController, PasswordResetsController],
  providers: [CsrfGuard, AuthenticationGuard, AccessGuard],
  exports: [CsrfGuard, AuthenticationGuard, AccessGuard],
})
export class AuthHttpModule {}

/** The mails: for the worker. */
@Module({ imports: [AuthModule, OidcWorkerModule, MailModule], providers: [AuthMails, AuthProcessor] })
export class AuthWorkerModule {}
