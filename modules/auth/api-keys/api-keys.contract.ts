import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { permissions } from '#libs/access';
import { lineOfText, time } from '#libs/http';
import { defineProblem } from '#libs/problem';

/** Days. An owner who does not renew a key probably does not look after it either. */
const defaultLifetime = 90;
const maxLifetime = 365;

const scopes = z
  .array(z.enum(permissions))
  .max(permissions.length)
  .refine((scopes) => new Set(scopes).size === scopes.length, 'Must not name a permission twice.');

export class NewApiKey extends createZodDto(
  z.strictObject({
    name: lineOfText(1, 100),
    scopes: scopes.meta({
      description:
        'Permissions, at most those of the owner. An empty list allows what every signed-in user may do.',
    }),
    expires_in_days: z.int().min(1).max(maxLifetime).default(defaultLifetime),
  }),
) {}
export class ApiKeyId extends createZodDto(z.strictObject({ id: z.uuid() })) {}

const apiKeyView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string().meta({
      description: 'The beginning of the key. It is not secret, so that a found key can be identified.',
    }),
    scopes: z.array(z.string()).meta({ description: 'What the key may do, as long as its owner may do it.' }),
    created_at: time,
    expires_at: time,
    last_used_at: time.nullable().meta({ description: 'To the minute.' }),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.output<typeof apiKeyView>;
export class ApiKeyView extends createZodDto(apiKeyView, { codec: true }) {}

export class IssuedApiKeyView extends createZodDto(
  apiKeyView
    .extend({ key: z.string().meta({ description: 'The key itself, which is shown only now.' }) })
    .meta({ id: 'IssuedApiKey' }),
  { codec: true },
) {}

/** The list has no pages, because an owner has few keys. */
export class ApiKeyListView extends createZodDto(
  z.object({ data: z.array(apiKeyView) }).meta({ id: 'ApiKeyList' }),
  { codec: true },
) {}

export class ApiKeyNotFound extends defineProblem({
  kind: 'not-found',
  code: 'api-keys.not-found',
  title: 'There is no such API key',
  help: 'It was revoked, has expired, or belongs to another user. List your keys with GET /v1/api-keys.',
}) {}

export class TooManyApiKeys extends defineProblem({
  kind: 'conflict',
  code: 'api-keys.too-many',
  title: 'There are too many API keys',
  help: 'A user has at most 25. Revoke one that is not used any more with DELETE /v1/api-keys/{id}.',
}) {}

export class ScopeNotHeld extends defineProblem({
  kind: 'forbidden',
  code: 'api-keys.scope-not-held',
  title: 'A key cannot do more than its owner',
  help: 'Ask only for permissions that GET /v1/sessions/current lists.',
}) {}
