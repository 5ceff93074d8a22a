import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { permissions } from '#libs/access';
import { time } from '#libs/http';
import { defineProblem } from '#libs/problem';
import { defineJob } from '#modules/jobs';
import { email, personName, userView } from '#modules/users';

/**
 * At least 15 characters: the password alone signs in (NIST SP 800-63B-4 section 3.1.1.2). At most 256, so that
 * hashing stays cheap. Used exactly as sent but for Unicode NFKC, which makes one word of its different spellings.
 */
const newPassword = z
  .string()
  .refine((text) => [...text].length >= 15, 'Must have at least 15 characters.')
  .refine((text) => [...text].length <= 256, 'Must have at most 256 characters.')
  .transform((text) => text.normalize('NFKC'))
  .meta({ format: 'password', minLength: 15, maxLength: 256 });

/** For signing in any length may be tried, but nothing that would be costly to hash. */
const givenPassword = z
  .string()
  .max(1024)
  .transform((text) => text.normalize('NFKC'))
  .meta({ format: 'password' });

/** 32 bytes in base64url. */
const token = z.string().regex(/^[\w-]{43}$/, 'Must be the 43 characters of the link.');

export class Registration extends createZodDto(
  z.strictObject({ email, password: newPassword, name: personName }),
) {}
export class TokenProof extends createZodDto(z.strictObject({ token })) {}
export class Credentials extends createZodDto(z.strictObject({ email, password: givenPassword })) {}
export class ResetRequest extends createZodDto(z.strictObject({ email })) {}
export class ResetConfirmation extends createZodDto(z.strictObject({ token, password: newPassword })) {}
export class SessionId extends createZodDto(z.strictObject({ id: z.uuid() })) {}

export class AcceptedView extends createZodDto(
  z
    .object({ status: z.literal('accepted') })
    .meta({ id: 'Accepted', description: 'What follows comes by mail.' }),
) {}

const sessionView = z
  .object({
    id: z.uuid(),
    user: userView.pick({ id: true, email: true, name: true, role: true }),
    permissions: z.array(z.enum(permissions)),
    created_at: time,
    expires_at: time,
  })
  .meta({ id: 'Session' });
export class SessionView extends createZodDto(sessionView, { codec: true }) {}

const sessionItem = z
  .object({
    id: z.uuid(),
    current: z.boolean(),
    user_agent: z.string().nullable(),
    created_at: time,
    last_seen_at: time,
  })
  .meta({ id: 'SessionItem' });
export class SessionListView extends createZodDto(
  z.object({ data: z.array(sessionItem) }).meta({ id: 'SessionList' }),
  { codec: true },
) {}

const mail = { queue: 'mail', transactional: false } as const;
export const answerRegistration = defineJob(
  'auth.answer-registration',
  z.object({ registrationId: z.uuid() }),
  mail,
);
export const answerResetRequest = defineJob(
  'auth.answer-reset-request',
  z.object({ email: z.string() }),
  mail,
);

export class CredentialsWrong extends defineProblem({
  kind: 'unauthenticated',
  code: 'auth.invalid-credentials',
  title: 'Address or password is wrong',
  help: 'Check both, or ask for a new password with POST /v1/password-resets. An account can be used once its address is verified.',
}) {}

export class TokenInvalid extends defineProblem({
  kind: 'gone',
  code: 'auth.token-invalid',
  title: 'The link is no longer valid',
  help: 'It was used already, has expired or was replaced by a newer one. Ask for a new one.',
}) {}

export class OriginRefused extends defineProblem({
  kind: 'forbidden',
  code: 'auth.origin-refused',
  title: 'The request comes from another site',
  help: 'A browser may change things only from the pages of this installation (PUBLIC_URL).',
}) {}

export class HashingBusy extends defineProblem({
  kind: 'unavailable',
  code: 'auth.busy',
  title: 'Too many people are signing in',
  help: 'Checking a password is costly on purpose. Try again after the seconds that Retry-After names.',
}) {}

export class AdminExists extends defineProblem({
  kind: 'conflict',
  code: 'auth.admin-exists',
  title: 'There is an administrator already',
  help: 'Let an administrator invite further ones with POST /v1/users.',
}) {}
