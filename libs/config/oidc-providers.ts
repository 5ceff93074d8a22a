import { z } from 'zod';

/** The signature algorithms. All use a private key: with a shared secret the client could forge the tokens of the provider. */
const signatures = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

/** The private key whose public key the provider has (RFC 7517). */
const privateKey = z.looseObject({
  kty: z.enum(['RSA', 'EC', 'OKP']),
  alg: z.enum(signatures),
  kid: z.string().min(1).optional(),
  d: z.string().min(1),
});

const provider = z
  .strictObject({
    /** Part of the redirect URI that the provider knows: <PUBLIC_URL>/v1/auth/oidc/<name>/callback. */
    name: z
      .string()
      .regex(
        /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
        'must be lower-case words joined by hyphens, for example google',
      )
      .max(32),
    /** The name that users see. The default is `name`. */
    label: z.string().min(1).max(64).optional(),
    /** The issuer, exactly as the metadata of the provider spell it: identities are stored under it. */
    issuer: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }),
    client_id: z.string().min(1),
    client_secret: z.string().min(16).optional(),
    /**
     * A key instead of a secret (private_key_jwt). With it, nothing that the provider stores can authenticate as this client.
     */
    private_key: privateKey.optional(),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope of RFC 6749 section 3.3'))
      .refine((scopes) => scopes.includes('openid'), 'must include openid')
      .default(['openid', 'email', 'profile']),
    id_token_alg: z.enum(signatures).default('RS256'),
    /** Whether an address that this provider calls verified is enough to create an account. */
    trust_email: z.boolean().default(false),
  })
  .refine(
    (provider) => (provider.client_secret === undefined) !== (provider.private_key === undefined),
    'must have either client_secret or private_key',
  )
  .transform((provider) => ({ ...provider, label: provider.label ?? provider.name }));

export type OidcProvider = z.output<typeof provider>;

const isUnique = (field: 'name' | 'issuer') => (providers: OidcProvider[]) =>
  new Set(providers.map((one) => one[field])).size === providers.length;

/** The OpenID providers with which users may sign in, as a JSON array. The error messages name fields and repeat no value. */
export const oidcProviders = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a JSON array' });
      return z.NEVER;
    }
  })
  .pipe(
    z
      .array(provider)
      .max(20)
      .refine(isUnique('name'), 'must not have the same name twice')
      .refine(isUnique('issuer'), 'must not have the same issuer twice'),
  )
  .default([]);
