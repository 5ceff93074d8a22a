import { Logger } from '@nestjs/common';
import { createRemoteJWKSet, type CryptoKey, importJWK, type JWTVerifyGetKey } from 'jose';
import * as openid from 'openid-client';
import { z } from 'zod';
import type { Config, OidcProvider } from '#libs/config';
import { type LogoutClaims, readLogoutToken } from './logout-token.js';
import { ProviderUnavailable } from './oidc.contract.js';
import type { AuthorizationState, OidcPassport } from './oidc-strategy.js';
import { describe, refusing } from './provider-errors.js';
import { SignInRefused } from './sign-in-refused.js';

/**
 * Seconds. A callback makes at most four requests to a provider (metadata, keys, tokens, profile): together they stay
 * below the ten seconds that a handler has.
 */
const requestTimeout = 2;

/** Milliseconds that the metadata of a provider is believed: a moved endpoint or a new key set is seen within the hour. */
const metadataLifetimeMs = 3_600_000;

/** The claims of ID token or user info that count. Others are not kept. */
const profileClaims = z.object({
  email: z.string().optional().catch(undefined),
  // Some providers send the text "true": no proof, as nothing says that they mean it.
  email_verified: z.boolean().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
});
export type Profile = z.output<typeof profileClaims>;

/** OpenID Connect Core 1.0 section 2: at most 255 ASCII characters. */
const identifier = z.string().regex(/^[\x20-\x7e]{1,255}$/);

const subjectClaims = z.object({
  sub: identifier,
  sid: identifier.optional().catch(undefined),
  auth_time: z.number().optional().catch(undefined),
});

/** The person whom a provider has identified. */
export interface Proof {
  issuer: string;
  subject: string;
  /** The provider's name for the session there. */
  sid: string | undefined;
  /** When it was proven there, in seconds since 1970. */
  authTime: number | undefined;
  /** Asks the provider when the ID token does not say. Throws {@link SignInRefused}. */
  profile: () => Promise<Profile>;
}

/** The client and the keys that the metadata of a provider lead to. */
interface Reached {
  client: openid.Configuration;
  keys: JWTVerifyGetKey;
}

/** One provider: an OpenID Connect relying party for the authorization code flow. Keeps no token of anybody. */
export class OpenidProvider {
  readonly redirectUri: string;
  readonly #log = new Logger('OpenID');
  #known: { reached: Promise<Reached>; until: number } | undefined;

  constructor(
    readonly settings: OidcProvider,
    { PUBLIC_URL }: Config,
    private readonly passport: OidcPassport,
  ) {
    this.redirectUri = `${PUBLIC_URL}/v1/auth/oidc/${settings.name}/callback`;
  }

  /** Returns the address of the provider's page, and the state to keep for the callback. Throws {@link ProviderUnavailable}. */
  async beginAuthorization({ isFresh }: { isFresh: boolean }) {
    await this.#reach();
    return this.passport.beginAuthorization(this.settings.name, { url: this.redirectUri, isFresh });
  }

  /** Proves who came back with these parameters. Throws {@link SignInRefused}. */
  async handleCallback(parameters: Record<string, string>, state: AuthorizationState): Promise<Proof> {
    const url = new URL(this.redirectUri);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return refusing(async () => {
      const { client } = await this.#reach();
      const tokens = await this.passport.handleCallback(this.settings.name, url, state);
      const claims = tokens.claims();
      const parsed = subjectClaims.safeParse(claims);
      if (!parsed.success) throw new SignInRefused('failed');
      const { sub: subject, sid, auth_time: authTime } = parsed.data;
      const profile = () =>
        refusing(() => profileOf(client, tokens.access_token, { ...claims, sub: subject }));
      return { issuer: this.settings.issuer, subject, sid, authTime, profile };
    });
  }

  /** Reads a logout token of this provider. Throws LogoutTokenWrong or {@link ProviderUnavailable}. */
  async readLogoutToken(token: string): Promise<LogoutClaims> {
    const { keys } = await this.#reach();
    return readLogoutToken(token, this.settings, keys);
  }

  /**
   * The provider by its metadata. One request for all who ask at the same time, and none is kept that failed. Throws
   * {@link ProviderUnavailable} when it does not answer, or not as the provider that is configured.
   */
  async #reach(): Promise<Reached> {
    const known =
      this.#known && this.#known.until > Date.now()
        ? this.#known
        : { reached: this.#discover(), until: Date.now() + metadataLifetimeMs };
    this.#known = known;
    try {
      return await known.reached;
    } catch (error) {
      if (this.#known === known) this.#known = undefined;
      this.#log.warn(`${this.settings.name} cannot be used: ${describe(error)}`);
      throw new ProviderUnavailable();
    }
  }

  async #discover(): Promise<Reached> {
    const { name, issuer, client_id: id, id_token_alg: alg, scopes } = this.settings;
    const client = await openid.discovery(
      new URL(issuer),
      id,
      { id_token_signed_response_alg: alg },
      await this.#authentication(),
      {
        timeout: requestTimeout,
        execute: [
          // The signature of an ID token is checked although it came by TLS: who can stand in between is not the provider.
          openid.enableNonRepudiationChecks,
          // Configuration takes plain http only outside of production.
          ...(issuer.startsWith('http:') ? [openid.allowInsecureRequests] : []),
        ],
      },
    );
    const { issuer: named, jwks_uri: keysUri } = client.serverMetadata();
    // To the letter: identities are kept under the issuer of the configuration.
    if (named !== issuer || !keysUri)
      throw new Error('The metadata name another issuer than the configuration, or no keys.');
    this.passport.register(name, client, this.redirectUri, scopes);
    const keys = createRemoteJWKSet(new URL(keysUri), { timeoutDuration: requestTimeout * 1000 });
    return { client, keys };
  }

  async #authentication(): Promise<openid.ClientAuth> {
    const { client_secret: secret, private_key: jwk } = this.settings;
    if (!jwk) return withSecret(secret);
    const key = (await importJWK(jwk)) as CryptoKey;
    return openid.PrivateKeyJwt(jwk.kid ? { key, kid: jwk.kid } : key);
  }
}

/** In the header, which is what every provider must take (RFC 6749 section 2.3.1), unless it says that it does not. */
function withSecret(secret: string | undefined): openid.ClientAuth {
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const authenticate = methods.includes('client_secret_basic')
      ? openid.ClientSecretBasic(secret)
      : openid.ClientSecretPost(secret);
    authenticate(server, ...rest);
  };
}

async function profileOf(
  client: openid.Configuration,
  accessToken: string,
  claims: { sub: string; email?: unknown },
): Promise<Profile> {
  const isTold = claims.email !== undefined || !client.serverMetadata().userinfo_endpoint;
  return profileClaims.parse(isTold ? claims : await openid.fetchUserInfo(client, accessToken, claims.sub));
}
