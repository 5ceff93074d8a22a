import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';
import { defineProblem } from '#libs/problem';
import { code } from '../mfa/mfa.contract.js';
import { returnPath } from './return-path.js';

const providerName = z
  .string()
  .max(32)
  .meta({ examples: ['google'] });

export class ProviderName extends createZodDto(z.strictObject({ provider: providerName })) {}
export class SignInQuery extends createZodDto(z.strictObject({ return_to: returnPath.optional() })) {}
export class ProviderChoice extends createZodDto(
  z.strictObject({ provider: providerName, return_to: returnPath.optional() }),
) {}
export class SudoByProvider extends createZodDto(
  z.strictObject({
    provider: providerName,
    return_to: returnPath.optional(),
    code: code
      .optional()
      .describe('A code of the authenticator app, or a recovery code, when the account has a second factor.'),
  }),
) {}
export class IdentityId extends createZodDto(z.strictObject({ id: z.uuid() })) {}

/** Longer than the codes and states of any provider known, short enough for a line of a log. */
const parameter = z.string().max(4096);

/**
 * A provider sends people back with these parameters. The schema is not strict: OpenID lets a provider add parameters
 * (`session_state`, `iss` and others), and RFC 6749 section 3.1 has unknown ones ignored. But each comes only once, or two
 * readers would see two answers.
 */
export class CallbackQuery extends createZodDto(
  z
    .object({
      state: parameter.optional(),
      code: parameter.optional(),
      iss: parameter.optional(),
      error: parameter.optional(),
    })
    .catchall(parameter),
) {}

/** Other members are ignored, as OpenID Connect Back-Channel Logout 1.0 section 2.5 asks. */
export class LogoutRequest extends createZodDto(
  // Anything else is a token that is not valid: the specification wants 400 for it.
  z.object({ logout_token: z.string().max(8192).catch('') }),
) {}

export class ProviderListView extends createZodDto(
  z
    .object({
      data: z.array(
        z
          .object({
            name: z.string(),
            label: z.string(),
            location: z.string().meta({ description: 'Open this in the browser to sign in.' }),
          })
          .meta({ id: 'OpenidProvider' }),
      ),
    })
    .meta({ id: 'OpenidProviderList' }),
) {}

export class AuthorizationUrlView extends createZodDto(
  z
    .object({
      location: z.string().meta({ description: 'Open this in the browser: the page of the provider.' }),
    })
    .meta({ id: 'AuthorizationUrl' }),
) {}

export class IdentityListView extends createZodDto(
  z
    .object({
      data: z.array(
        z
          .object({
            id: z.uuid(),
            provider: z.string().nullable().meta({ description: 'Null when it is no longer configured.' }),
            issuer: z.string(),
            created_at: time,
            last_used_at: time.nullable(),
            suspended_at: time.nullable().meta({
              description:
                'The time of a password reset. The identity signs in again when its owner confirms it.',
            }),
          })
          .meta({ id: 'Identity' }),
      ),
    })
    .meta({ id: 'IdentityList' }),
  { codec: true },
) {}

export class ProviderNotFound extends defineProblem({
  kind: 'not-found',
  code: 'auth.provider-not-found',
  title: 'There is no such provider',
  help: 'GET /v1/auth/oidc lists the providers that one can sign in with here.',
}) {}

export class ProviderUnavailable extends defineProblem({
  kind: 'unavailable',
  code: 'auth.provider-unavailable',
  title: 'The provider does not answer',
  help: 'Signing in by it does not work at this moment. Try again later, or sign in another way.',
}) {}

export class IdentityNotFound extends defineProblem({
  kind: 'not-found',
  code: 'auth.identity-not-found',
  title: 'There is no such identity',
  help: 'GET /v1/users/me/identities lists the identities of the signed-in user.',
}) {}

export class LogoutTokenInvalid extends defineProblem({
  kind: 'malformed',
  code: 'auth.logout-token-invalid',
  title: 'The logout token is not valid',
  help: 'It must be a logout token of OpenID Connect Back-Channel Logout 1.0, made for this client, at most two minutes old and not used before.',
}) {}
