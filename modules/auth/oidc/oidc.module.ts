import { Module } from '@nestjs/common';
import { and, eq, inArray, lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { Config } from '#libs/config';
import { Database, RetentionService } from '#libs/database';
import { QueueModule } from '#libs/queue';
import { RateLimitModule } from '#libs/rate-limit';
import { UsersModule } from '#modules/users';
import { MfaModule } from '../mfa/mfa.module.js';
import { RevocationRegistry } from '../sessions/revocation-registry.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SignInMethodRegistry } from '../sessions/sign-in-method-registry.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { BackchannelLogoutService } from './backchannel-logout.service.js';
import { isTrusted, suspendRecent } from './identities.queries.js';
import { IdentitiesController } from './identities.controller.js';
import { IdentitiesService } from './identities.service.js';
import { LoginTransactions } from './login-transactions.js';
import { OidcController } from './oidc.controller.js';
import { identities, loginTransactions, logoutTokens } from './oidc.schema.js';
import { OidcSignInService } from './oidc-sign-in.service.js';
import { OpenidProviders } from './openid-providers.js';

/** Identities as a way to sign in, and the deletion of expired rows, for every process. */
@Module({ imports: [SessionsModule] })
export class OidcModule {
  constructor(
    db: Database,
    config: Config,
    retention: RetentionService,
    methods: SignInMethodRegistry,
    revocations: RevocationRegistry,
  ) {
    retention.addRule(loginTransactions, loginTransactions.hash, lt(loginTransactions.expiresAt, sql`now()`));
    retention.addRule(logoutTokens, logoutTokens.hash, lt(logoutTokens.expiresAt, sql`now()`));
    // An identity of a provider that is no longer configured cannot be used to sign in.
    const issuers = config.OIDC_PROVIDERS.map(({ issuer }) => issuer);
    const isConfigured = inArray(identities.issuer, issuers);
    methods.register((userId) =>
      db.tx.$count(identities, and(eq(identities.userId, userId), isConfigured, isTrusted)),
    );
    revocations.endWithRecovery(identities, (userId) => suspendRecent(db, userId));
  }
}

/** Signing in through OpenID providers, for the API. */
@Module({
  imports: [
    AuditLogModule,
    MfaModule,
    QueueModule,
    RateLimitModule,
    SessionsModule,
    SignInModule,
    UsersModule,
  ],
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
