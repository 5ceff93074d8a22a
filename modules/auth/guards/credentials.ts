import type { FastifyRequest } from 'fastify';
import { defineProblem } from '#libs/problem';

class CredentialAmbiguous extends defineProblem({
  kind: 'malformed',
  code: 'auth.ambiguous-credentials',
  title: 'More than one credential was sent',
  help: 'Send either the session cookie or one Authorization header, so that it is clear who is asking.',
}) {}

/** The credential with which a request authenticates its caller. */
export interface Credential {
  kind: 'session' | 'api-key' | 'access-token';
  secret: string;
}

/** Characters of the header. No key or token of ours is nearly as long. */
const maxHeaderLength = 4096;

/** RFC 6750 section 2.1. */
const bearer = /^Bearer +([\w.~+/-]+=*)$/i;

const jwt = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Returns the credential of a request, or undefined when there is none that could be ours. `sessionSecret` comes from the
 * cookie. Throws {@link CredentialAmbiguous} for two credentials: choosing one would be a guess, and another server between
 * may have chosen the other.
 */
export function credentialOf(
  request: FastifyRequest,
  sessionSecret: string | undefined,
): Credential | undefined {
  const { rawHeaders } = request.raw;
  // Node keeps only the first of several headers.
  const authorizations = rawHeaders.filter(
    (name, at) => at % 2 === 0 && name.toLowerCase() === 'authorization',
  );
  if (authorizations.length + (sessionSecret === undefined ? 0 : 1) > 1) throw new CredentialAmbiguous();
  if (sessionSecret !== undefined) return { kind: 'session', secret: sessionSecret };
  const { authorization = '' } = request.headers;
  if (authorization.length > maxHeaderLength) return undefined;
  const token = bearer.exec(authorization)?.[1];
  if (token === undefined) return undefined;
  if (token.startsWith('mst_')) return { kind: 'api-key', secret: token };
  return jwt.test(token) ? { kind: 'access-token', secret: token } : undefined;
}

/**
 * Returns the WWW-Authenticate of a refusal (RFC 6750 section 3). It names an error only when the caller sent a token,
 * because a caller who sent none made no mistake.
 */
export function challenge(
  request: FastifyRequest,
  error: 'invalid_token' | 'insufficient_scope',
  scope?: string,
): Record<string, string> {
  if (!/^Bearer( |$)/i.test(request.headers.authorization ?? '')) return {};
  const attributes = [`error="${error}"`, ...(scope === undefined ? [] : [`scope="${scope}"`])];
  return { 'www-authenticate': `Bearer ${attributes.join(', ')}` };
}
