import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { AuditModule } from '#libs/audit-log';
import { Retention } from '#libs/database';
import { QueueModule } from '#libs/queue';
import { UsersModule } from '#modules/users';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { SignInWays } from '../sessions/sign-in-methods.js';
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
  constructor(retention: Retention) {
    retention.forget(loginTransactions, loginTransactions.hash, lt(loginTransactions.expiresAt, sql`now()`));
    retention.forget(logoutTokens, logoutTokens.hash, lt(logoutTokens.expiresAt, sql`now()`));
  }
}

/** Signing in by OpenID providers: for the API. */
@Module({
  imports: [SignInModule, UsersModule, QueueModule, AuditModule],
  controllers: [OidcController, IdentitiesController],
  providers: [
    OpenidProviders,
    LoginTransactions,
    IdentitiesService,
    OidcSignInService,
    BackchannelLogoutService,
    SignInWays,
  ],
})
export class OidcHttpModule {}
