import { Module } from '@nestjs/common';
import { and, eq, inArray, lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { Config } from '#libs/config';
import { Database, RetentionService } from '#libs/database';
import { QueueModule } from '#libs/queue';
import { UsersModule } from '#modules/users';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SignInMethods } from '../sessions/sign-in-methods.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { BackchannelLogoutService } from './backchannel-logout.service.js';
import { IdentitiesController } from './identities.controller.js';
import { IdentitiesService } from './identities.service.js';
import { LoginTransactions } from './login-transactions.js';
import { OidcController } from './oidc.controller.js';
import { identities, loginTransactions, logoutTokens } from './oidc.schema.js';
import { OidcSignInService } from './oidc-sign-in.service.js';
import { OpenidProviders } from './openid-providers.js';

/** Identities as a way to sign in, and what expires: for every process. */
@Module({ imports: [SessionsModule] })
export class OidcModule {
  constructor(db: Database, config: Config, retention: RetentionService, methods: SignInMethods) {
    retention.addRule(loginTransactions, loginTransactions.hash, lt(loginTransactions.expiresAt, sql`now()`));
    retention.addRule(logoutTokens, logoutTokens.hash, lt(logoutTokens.expiresAt, sql`now()`));
    // An identity of a provider that is no longer configured opens nothing.
    const issuers = config.OIDC_PROVIDERS.map(({ issuer }) => issuer);
    methods.register((userId) =>
      db.tx.$count(identities, and(eq(identities.userId, userId), inArray(identities.issuer, issuers))),
    );
  }
}

/** Signing in by OpenID providers: for the API. */
@Module({
  imports: [AuditLogModule, QueueModule, SessionsModule, SignInModule, UsersModule],
  controllers: [OidcController, IdentitiesController],
  providers: [
    OpenidProviders,
    LoginTransactions,
    IdentitiesService,
    OidcSignInService,
    BackchannelLogoutService,
  ],
})
export class OidcHttpModule {}
