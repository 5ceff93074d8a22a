import { type Configuration, randomNonce, randomState } from 'openid-client';
import { Strategy, type VerifyFunction } from 'openid-client/passport';

type Request = Parameters<Strategy['authenticate']>[0];
type Tokens = Parameters<VerifyFunction>[0];

/** What must be the same when the person comes back. */
export interface AttemptData {
  code_verifier: string;
  nonce: string;
  state: string;
}

/** One leg of an attempt: there, without parameters, or back, with the ones of the provider. */
export interface Leg {
  /** The redirect URI, with the parameters on the way back. */
  url: URL;
  isReturn: boolean;
  /** The person must prove again who they are, although they may have a session at the provider. */
  isFresh: boolean;
  data?: AttemptData;
}

/** What the strategy takes for a request of Express with a session. */
interface Attempt {
  method: 'GET';
  leg: Leg;
  session: { attempt?: AttemptData & { max_age?: number } };
}

const attemptOf = (request: Request) => request as unknown as Attempt;

/**
 * The passport strategy of openid-client, with three things taken into our hands: state and nonce are always sent (by
 * itself it leaves both out when there is PKCE; ASVS 5.0 10.5.1 asks for the nonce), the current URL is the configured one
 * and never made from a Host header, and which leg it is does not depend on what the query says.
 */
class OidcStrategy extends Strategy {
  override authorizationRequestParams(...[request, options]: Parameters<Strategy['authenticate']>) {
    const parameters = new URLSearchParams(super.authorizationRequestParams(request, options));
    parameters.set('state', randomState());
    parameters.set('nonce', randomNonce());
    if (attemptOf(request).leg.isFresh) parameters.set('max_age', '0');
    return parameters;
  }

  override currentUrl(request: Request): URL {
    return attemptOf(request).leg.url;
  }

  override shouldInitiateAuthRequest(request: Request): boolean {
    return !attemptOf(request).leg.isReturn;
  }
}

/** The provider's answer is that it, or the person, does not want to. */
export class Denied extends Error {
  override readonly name = 'Denied';
}

export function strategyFor(configuration: Configuration, redirectUri: string, scopes: string[]): Strategy {
  return new OidcStrategy(
    { config: configuration, callbackURL: redirectUri, scope: scopes.join(' '), sessionKey: 'attempt' },
    (tokens, verified) => verified(null, tokens),
  );
}

/** Where to send the person, and what to keep until they are back. */
export async function depart(strategy: Strategy, leg: Omit<Leg, 'isReturn'>) {
  const session: Attempt['session'] = {};
  const outcome = await run(strategy, { method: 'GET', leg: { ...leg, isReturn: false }, session });
  if (!('location' in outcome) || !session.attempt) throw new Error('The strategy did not begin an attempt.');
  // Compared by us with the start of the attempt: the strategy would ask for a proof of the last thirty seconds.
  const { max_age: _, ...data } = session.attempt;
  return { location: outcome.location, data };
}

/** The tokens for the code that the person brought. Throws {@link Denied}, or an error of openid-client. */
export async function comeBack(strategy: Strategy, url: URL, data: AttemptData): Promise<Tokens> {
  const leg = { url, isReturn: true, isFresh: false };
  const outcome = await run(strategy, { method: 'GET', leg, session: { attempt: data } });
  if (!('tokens' in outcome)) throw new Error('The strategy began another attempt.');
  return outcome.tokens;
}

/** Passport's part: it calls the strategy with these four methods on it, of which the strategy calls one. */
function run(strategy: Strategy, attempt: Attempt): Promise<{ location: string } | { tokens: Tokens }> {
  return new Promise((resolve, reject) => {
    const once = Object.assign(Object.create(strategy) as Strategy, {
      redirect: (location: string) => resolve({ location }),
      success: (tokens: Tokens) => resolve({ tokens }),
      fail: () => reject(new Denied()),
      error: reject,
    });
    once.authenticate(attempt as unknown as Request, {});
  });
}
