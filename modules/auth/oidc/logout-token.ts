import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import type { OidcProvider } from '#libs/config';
import { ProviderUnavailable } from './oidc.contract.js';

const event = 'http://schemas.openid.net/event/backchannel-logout';

/**
 * Seconds that a token works, and by which clocks may differ (OpenID Connect Back-Channel Logout 1.0 section 2.4: two
 * minutes).
 */
const maxAge = 120;
const clockTolerance = 30;

/** The rules of OpenID Connect Back-Channel Logout 1.0 section 2.6 that a JWT library does not check. */
const logoutClaims = z
  .object({
    jti: z.string().min(1).max(255),
    sub: z.string().max(255).optional(),
    sid: z.string().max(255).optional(),
    events: z.object({ [event]: z.looseObject({}) }),
    // A token with a nonce could be an ID token that an attacker presents as a logout token.
    nonce: z.never().optional(),
  })
  .refine(({ sub, sid }) => sub !== undefined || sid !== undefined, 'names neither a subject nor a session');
export type LogoutClaims = z.output<typeof logoutClaims>;

export class LogoutTokenWrong extends Error {
  override readonly name = 'LogoutTokenWrong';
}

/**
 * Returns the claims of a logout token of this provider. Throws {@link LogoutTokenWrong}, or ProviderUnavailable without its
 * keys.
 */
export async function readLogoutToken(
  token: string,
  { issuer, client_id, id_token_alg }: OidcProvider,
  keys: JWTVerifyGetKey,
): Promise<LogoutClaims> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer,
      audience: client_id,
      algorithms: [id_token_alg],
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
      maxTokenAge: maxAge,
      clockTolerance,
    });
    // Older providers omit `typ`. Where it is present, it distinguishes logout tokens from all others (RFC 8725 section
    // 3.11).
    if (protectedHeader.typ !== undefined && !/^(application\/)?logout\+jwt$/i.test(protectedHeader.typ))
      throw new LogoutTokenWrong('it is another kind of token');
    return logoutClaims.parse(payload);
  } catch (error) {
    if (isWithoutKeys(error)) throw new ProviderUnavailable();
    if (error instanceof errors.JOSEError) throw new LogoutTokenWrong(error.code, { cause: error });
    if (error instanceof z.ZodError) throw new LogoutTokenWrong(`wrong claims: ${claimsIn(error)}`);
    throw error;
  }
}

function claimsIn({ issues }: z.ZodError): string {
  return issues.map(({ path }) => path[0] ?? 'sub or sid').join(', ');
}

/** Returns whether the keys could not be read: the provider did not answer, or its answer had no keys. */
function isWithoutKeys(error: unknown): boolean {
  if (error instanceof TypeError) return error.message === 'fetch failed';
  return (
    error instanceof errors.JWKSTimeout || (error instanceof Error && error.constructor === errors.JOSEError)
  );
}
