import { type Configuration, randomNonce, randomState } from 'openid-client';
import { Strategy, type VerifyFunction } from 'openid-client/passport';
import { Passport } from 'passport';

type Tokens = Parameters<VerifyFunction>[0];

/** The values of an authorization request that its callback must match. */
export interface AuthorizationState {
  code_verifier: string;
  nonce: string;
  state: string;
}

/** The part of an Express request that the strategy uses. */
interface OidcRequest {
  url: string;
  /** The provider must ask people again who they are, even if they have a session there. */
  isFresh?: boolean;
  session?: { authorization?: AuthorizationState & { max_age?: number } };
}

/** The strategy of openid-client, stricter in the three methods that it leaves open for this. */
class OidcStrategy extends Strategy {
  /** Openid-client sends neither state nor nonce to a provider that knows PKCE. ASVS 5.0 10.5.1 asks for the nonce. */
  override authorizationRequestParams({ isFresh }: OidcRequest) {
    return new URLSearchParams({
      state: randomState(),
      nonce: randomNonce(),
      ...(isFresh && { max_age: '0' }),
    });
  }

  /** The redirect URI is configured. A Host header cannot change it. */
  override currentUrl({ url }: OidcRequest): URL {
    return new URL(url);
  }

  /** A callback without a code must fail. By default it would begin another authorization. */
  override shouldInitiateAuthRequest({ session }: OidcRequest): boolean {
    return !session?.authorization;
  }
}

/** The provider, or the person there, refused. */
export class Denied extends Error {
  override readonly name = 'Denied';
}

/** Runs a strategy for each provider, by its name, without any request or response of Fastify. */
export class OidcPassport {
  readonly #passport = new Passport();

  /** Replaces the strategy of this name. */
  register(name: string, config: Configuration, callbackURL: string, scopes: string[]): void {
    const options = { config, callbackURL, scope: scopes.join(' '), sessionKey: 'authorization' };
    this.#passport.use(name, new OidcStrategy(options, (tokens, verified) => verified(null, tokens)));
  }

  /** Returns the address of the provider's page, and the state to keep for the callback. */
  async beginAuthorization(name: string, request: Pick<OidcRequest, 'url' | 'isFresh'>) {
    const session: OidcRequest['session'] = {};
    const { location } = await this.#authenticate(name, { ...request, session });
    if (!location || !session.authorization) throw new Error('The strategy began no authorization.');
    // The caller compares `auth_time` with the start of the attempt. With `max_age` here, the strategy would refuse people
    // who take more than thirty seconds to come back.
    const { max_age: _, ...state } = session.authorization;
    return { location, state };
  }

  /** Exchanges the code in the URL for tokens. Throws {@link Denied}, or an error of openid-client. */
  async handleCallback(name: string, url: URL, state: AuthorizationState): Promise<Tokens> {
    const { tokens } = await this.#authenticate(name, { url: url.href, session: { authorization: state } });
    if (!tokens) throw new Error('The strategy began another authorization.');
    return tokens;
  }

  /**
   * Passes the name and not the strategy: Passport copies a named strategy for each request, but all requests share one
   * that is passed as an object.
   */
  #authenticate(name: string, request: OidcRequest): Promise<{ location?: string; tokens?: Tokens }> {
    return new Promise((resolve, reject) => {
      const response = {
        setHeader: (header: string, value: string) => header === 'Location' && resolve({ location: value }),
        end() {},
      };
      const done = (error: Error | null, tokens?: Tokens | false) => {
        if (error) reject(error);
        else if (tokens) resolve({ tokens });
        else reject(new Denied());
      };
      this.#passport.authenticate(name, { session: false }, done)(request, response, reject);
    });
  }
}
