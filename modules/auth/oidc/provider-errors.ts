import * as openid from 'openid-client';
import { ProviderUnavailable } from './oidc.contract.js';
import { Denied } from './oidc-strategy.js';
import { SignInRefused } from './sign-in-refused.js';

/** Runs a request to a provider. An error in the provider's answer becomes a {@link SignInRefused}; a bug of ours stays one. */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Denied) throw new SignInRefused('cancelled', { cause: error });
    if (isUnreachable(error)) throw new SignInRefused('provider_unavailable', { cause: error });
    if (isOfProvider(error)) throw new SignInRefused('failed', { cause: error });
    throw error;
  }
}

/** Returns whether the provider did not answer, or answered that it cannot do so now. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof ProviderUnavailable) return true;
  // Node's fetch throws this error when there is no answer.
  if (error instanceof TypeError) return error.message === 'fetch failed';
  if (error instanceof openid.ResponseBodyError) return error.status >= 500;
  if (!(error instanceof openid.ClientError)) return false;
  const isServerError = error.cause instanceof Response && error.cause.status >= 500;
  return error.code === 'OAUTH_TIMEOUT' || isServerError;
}

function isOfProvider(error: unknown): boolean {
  return (
    error instanceof openid.ClientError ||
    error instanceof openid.AuthorizationResponseError ||
    error instanceof openid.ResponseBodyError ||
    error instanceof openid.WWWAuthenticateChallengeError
  );
}

/** Returns the code of an error. Its other members may contain tokens and parameters. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  const inner = error.cause instanceof Error ? `; ${describe(error.cause)}` : '';
  return `${error.name}${typeof code === 'string' ? ` ${code}` : ''}: ${error.message}${inner}`;
}
