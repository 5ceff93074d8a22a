import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { RetentionService } from '#libs/database';
import { QueueModule } from '#libs/queue';
import { UsersModule } from '#modules/users';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { SignInMethods } from '../sessions/sign-in-methods.js';
import { BackchannelLogoutService } from './backchannel-logout.service.js';
import { IdentitiesController } from './identities.controller.js';
import { IdentitiesService } from './identities.service.js';
import { LoginTransactions } from './login-transactions.js';
import { OidcController } from './oidc.controller.js';
import { loginTransactions, logoutTokens } from './oidc.schema.js';
import { OidcSignInService } from './oidc-sign-in.service.js';
import { OpenidProviders } from './openid-providers.js';

/** What expires: for every process. */
@Module({})
export class OidcModule {
  constructor(retention: RetentionService) {
    retention.addRule(loginTransactions, loginTransactions.hash, lt(loginTransactions.expiresAt, sql`now()`));
    retention.addRule(logoutTokens, logoutTokens.hash, lt(logoutTokens.expiresAt, sql`now()`));
  }
}

/** Signing in by OpenID providers: for the API. */
@Module({
  imports: [SignInModule, UsersModule, QueueModule, AuditLogModule],
  controllers: [OidcController, IdentitiesController],
  providers: [
    OpenidProviders,
    LoginTransactions,
    IdentitiesService,
    OidcSignInService,
    BackchannelLogoutService,
    SignInMethods,
  ],
})
export class OidcHttpModule {}
