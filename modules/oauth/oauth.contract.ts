import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { serviceScopes } from '#libs/access';
import type { Config } from '#libs/config';
import { defineProblem, type ProblemType } from '#libs/problem';

/** Seconds. A stolen token is useful as long, and it is short enough that no refresh token is needed. */
export const tokenLifetime = 300;

/** Seconds by which the clocks of two machines may differ. */
export const clockTolerance = 5;

/** RFC 7523 section 2.2. */
export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The algorithms with which a client may sign. All are asymmetric, so no key of ours is a shared secret. */
export const assertionAlgorithms = ['EdDSA', 'Ed25519', 'ES256'];

/** Returns the addresses of the authorization server. The issuer is also the audience of its tokens. */
export function addressesOf({ PUBLIC_URL }: Config) {
  return {
    issuer: PUBLIC_URL,
    tokenEndpoint: `${PUBLIC_URL}/v1/oauth/token`,
    keySet: `${PUBLIC_URL}/.well-known/jwks.json`,
  };
}

/**
 * Returns the schema of a parameter. One without a value counts as absent, and one that occurs twice as wrong (RFC 6749
 * section 3.2).
 */
const parameter = (meaning: string) =>
  z
    .preprocess(
      (value) => (typeof value === 'string' && value !== '' ? value : undefined),
      z.string().optional(),
    )
    .describe(meaning);

/**
 * A token request. Unknown parameters are ignored, as RFC 6749 section 3.2 requires; missing ones are refused with its error
 * codes.
 */
export class TokenRequest extends createZodDto(
  z.object({
    grant_type: parameter('`client_credentials`.'),
    client_assertion_type: parameter(`\`${assertionType}\`.`),
    client_assertion: parameter(
      'A JWT signed by a registered key of the client (RFC 7523): `iss` and `sub` the client id, `aud` the token endpoint or the issuer, `exp` at most 60 seconds ahead, and a new `jti` each time.',
    ),
    client_id: parameter('The client id, which the assertion already names.'),
    scope: parameter('Scopes separated by spaces. The default is all scopes of the client.'),
  }),
) {}

export class TokenView extends createZodDto(
  z
    .object({
      access_token: z.string().meta({ description: 'A JWT (RFC 9068).' }),
      token_type: z.literal('Bearer'),
      expires_in: z.int().meta({ description: 'Seconds.' }),
      scope: z.string(),
    })
    .meta({ id: 'Token' }),
) {}

export class KeySetView extends createZodDto(
  z
    .object({
      keys: z.array(
        z.object({
          kty: z.string(),
          crv: z.string(),
          x: z.string(),
          kid: z.string(),
          use: z.string(),
          alg: z.string(),
        }),
      ),
    })
    .meta({ id: 'KeySet', description: 'Public keys of access tokens (RFC 7517).' }),
) {}

export class ServerMetadataView extends createZodDto(
  z
    .object({
      issuer: z.string(),
      token_endpoint: z.string(),
      jwks_uri: z.string(),
      scopes_supported: z.array(z.enum(serviceScopes)),
      response_types_supported: z.array(z.string()),
      grant_types_supported: z.array(z.string()),
      token_endpoint_auth_methods_supported: z.array(z.string()),
      token_endpoint_auth_signing_alg_values_supported: z.array(z.string()),
    })
    .meta({ id: 'ServerMetadata', description: 'RFC 8414.' }),
) {}

/** Defines a problem that is also an error response of RFC 6749 section 5.2. */
function defineOAuthProblem(error: string, type: ProblemType) {
  return class extends defineProblem(type) {
    constructor(detail: string) {
      super(detail, { extensions: { error, error_description: detail } });
    }
  };
}

export class TokenRequestInvalid extends defineOAuthProblem('invalid_request', {
  kind: 'malformed',
  code: 'oauth.invalid-request',
  title: 'The token request is incomplete',
  help: 'Send each parameter of the grant client_credentials once, as application/x-www-form-urlencoded.',
}) {}

export class GrantUnsupported extends defineOAuthProblem('unsupported_grant_type', {
  kind: 'malformed',
  code: 'oauth.unsupported-grant-type',
  title: 'The grant type is not supported',
  help: 'Services use client_credentials. People sign in with POST /v1/sessions.',
}) {}

export class ScopeInvalid extends defineOAuthProblem('invalid_scope', {
  kind: 'malformed',
  code: 'oauth.invalid-scope',
  title: 'The scope is not one of the client',
  help: 'Ask only for scopes that the client was registered with, or leave the parameter out to get all of them.',
}) {}

export class ClientInvalid extends defineOAuthProblem('invalid_client', {
  kind: 'unauthenticated',
  code: 'oauth.invalid-client',
  title: 'The client could not be authenticated',
  help: 'Sign a new assertion for each request, with a key that is registered for an active client (private_key_jwt).',
}) {}

export class SigningKeyNotFound extends defineProblem({
  kind: 'not-found',
  code: 'oauth.signing-key-not-found',
  title: 'There is no such signing key',
  help: 'Only a key that /.well-known/jwks.json lists can be revoked.',
}) {}
