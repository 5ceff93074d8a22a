import { Injectable, Logger } from '@nestjs/common';
import { and, eq, type SQL, sql } from 'drizzle-orm';
import { AuditLog } from '#libs/audit-log';
import { Database } from '#libs/database';
import { authChallenges } from '../sign-in/mfa-challenges.schema.js';
import { hashOf } from '../secrets/secrets.js';
import { sessions } from '../sessions/sessions.schema.js';
import { IdentitiesService } from './identities.service.js';
import { type LogoutClaims, LogoutTokenWrong } from './logout-token.js';
import { LogoutTokenInvalid } from './oidc.contract.js';
import { logoutTokens } from './oidc.schema.js';
import type { OpenidProvider } from './openid-provider.js';
import { describe } from './provider-errors.js';
import { OpenidProviders } from './openid-providers.js';

/**
 * The time for which used tokens are remembered: longer than a token works, which is two minutes plus half a minute for
 * clocks that differ.
 */
const usedLifetime = sql`now() + interval '10 minutes'`;

/** Ends sessions when their OpenID provider reports that the user signed out there. */
@Injectable()
export class BackchannelLogoutService {
  readonly #log = new Logger('OpenID');

  constructor(
    private readonly db: Database,
    private readonly providers: OpenidProviders,
    private readonly identities: IdentitiesService,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Ends the session of the provider that the token names, or else every session that the provider opened for that user.
   * Sign-ins that wait for their second factor end in the same way. Throws {@link LogoutTokenInvalid}, ProviderNotFound or
   * ProviderUnavailable.
   */
  async end(providerName: string, token: string): Promise<void> {
    const provider = this.providers.get(providerName);
    const claims = await this.#check(provider, token);
    await this.db.transaction(async () => {
      await this.#useUp(provider, claims);
      const isMeant = await this.#meant(provider, claims);
      const ended = await this.db.tx.delete(sessions).where(isMeant(sessions));
      await this.db.tx.delete(authChallenges).where(isMeant(authChallenges));
      const meta = { provider: providerName, sessions: ended.rowCount ?? 0 };
      this.audit.record({ action: 'sessions.end-by-provider', target: `provider:${providerName}`, meta });
    });
  }

  async #check(provider: OpenidProvider, token: string): Promise<LogoutClaims> {
    try {
      return await provider.readLogoutToken(token);
    } catch (error) {
      if (!(error instanceof LogoutTokenWrong)) throw error;
      this.#log.warn(`Refused a logout token for ${provider.settings.name}: ${describe(error)}`);
      throw new LogoutTokenInvalid();
    }
  }

  async #useUp({ settings }: OpenidProvider, { jti }: LogoutClaims): Promise<void> {
    const [first] = await this.db.tx
      .insert(logoutTokens)
      .values({ hash: hashOf(`${settings.issuer}\n${jti}`), expiresAt: usedLifetime })
      .onConflictDoNothing()
      .returning({ hash: logoutTokens.hash });
    if (!first) throw new LogoutTokenInvalid('It was used before.');
  }

  async #meant({ settings }: OpenidProvider, { sid, sub }: LogoutClaims) {
    const identity = sub && (await this.identities.find({ issuer: settings.issuer, subject: sub }));
    return (table: typeof sessions | typeof authChallenges): SQL | undefined => {
      const isOpenedThere = eq(table.provider, settings.name);
      if (sid !== undefined) return and(isOpenedThere, eq(table.providerSid, sid));
      return and(isOpenedThere, identity ? eq(table.userId, identity.userId) : sql`false`);
    };
  }
}
