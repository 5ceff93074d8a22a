import { createPublicKey } from 'node:crypto';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { serviceScopes } from '#libs/access';
import { lineOfText, time } from '#libs/http';
import { pageOf, pageQuery } from '#libs/pagination';
import { defineProblem } from '#libs/problem';

/** Several keys let a client publish a new key before it removes the old one. */
const maxKeys = 4;

/** A coordinate of a 256-bit curve: 32 bytes in base64url. */
const coordinate = z.string().regex(/^[\w-]{43}$/, 'Must be 32 bytes in base64url.');
const shared = {
  kid: z.string().regex(/^[\w.-]{1,64}$/, 'Must be 1 to 64 letters, digits, dots, dashes or underscores.'),
  use: z.literal('sig').optional(),
};

/** A public key. The schema is strict, so that a private key which was sent by mistake is refused and not stored. */
const publicKey = z
  .discriminatedUnion('kty', [
    z.strictObject({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: coordinate,
      alg: z.enum(['EdDSA', 'Ed25519']).optional(),
      ...shared,
    }),
    z.strictObject({
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      x: coordinate,
      y: coordinate,
      alg: z.literal('ES256').optional(),
      ...shared,
    }),
  ])
  .refine(isKey, 'Must be a point of its curve.')
  .meta({ id: 'PublicKey', description: 'A public key (RFC 7517) for EdDSA or ES256.' });

const jwks = z.strictObject({
  keys: z
    .array(publicKey)
    .min(1)
    .max(maxKeys)
    .refine(
      (keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length,
      'Must not have the same kid twice.',
    ),
});

const name = lineOfText(1, 100);
const scopes = z
  .array(z.enum(serviceScopes))
  .min(1)
  .max(serviceScopes.length)
  .refine((scopes) => new Set(scopes).size === scopes.length, 'Must not name a scope twice.');
const status = z.enum(['active', 'disabled']);

export class NewServiceClient extends createZodDto(z.strictObject({ name, scopes, jwks })) {}
export class ServiceClientPatch extends createZodDto(
  z.strictObject({
    name: name.optional(),
    scopes: scopes.optional(),
    jwks: jwks.optional(),
    status: status.optional(),
  }),
) {}
export class ServiceClientId extends createZodDto(z.strictObject({ id: z.uuid() })) {}
export class ServiceClientQuery extends createZodDto(pageQuery({})) {}

const serviceClientView = z
  .object({
    id: z.uuid().meta({ description: 'The client id.' }),
    name: z.string(),
    scopes: z.array(z.string()),
    jwks: z.object({ keys: z.array(publicKey) }),
    status,
    version: z.int(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'ServiceClient' });
export type ServiceClient = z.output<typeof serviceClientView>;
export class ServiceClientView extends createZodDto(serviceClientView, { codec: true }) {}
export class ServiceClientPageView extends createZodDto(
  pageOf(serviceClientView).meta({ id: 'ServiceClientPage' }),
  { codec: true },
) {}

export class CurrentServiceClientView extends createZodDto(
  z
    .object({
      id: z.uuid().meta({ description: 'The client id.' }),
      name: z.string(),
      scopes: z
        .array(z.enum(serviceScopes))
        .meta({ description: 'The scopes of this token at this moment.' }),
    })
    .meta({ id: 'CurrentServiceClient' }),
) {}

export class ServiceClientNotFound extends defineProblem({
  kind: 'not-found',
  code: 'service-clients.not-found',
  title: 'There is no such service client',
  help: 'The client does not exist or has been deleted. List the clients with GET /v1/service-clients.',
}) {}

function isKey(jwk: Record<string, string | undefined>): boolean {
  try {
    createPublicKey({ key: jwk, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}
