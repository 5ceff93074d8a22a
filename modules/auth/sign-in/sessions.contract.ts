import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { permissions } from '#libs/access';
import { time } from '#libs/http';
import { defineProblem } from '#libs/problem';
import { email, userView } from '#modules/users';
import { challengeView } from '../mfa/mfa.contract.js';
import { submittedPassword } from '../passwords/passwords.contract.js';

export class Credentials extends createZodDto(z.strictObject({ email, password: submittedPassword })) {}
export class SessionId extends createZodDto(z.strictObject({ id: z.uuid() })) {}

const sessionView = z
  .object({
    id: z.uuid(),
    user: userView.pick({ id: true, email: true, name: true, role: true }),
    permissions: z.array(z.enum(permissions)),
    amr: z.array(z.string()).meta({ description: 'The authentication methods (RFC 8176).' }),
    created_at: time,
    expires_at: time,
    impersonator_id: z
      .uuid()
      .nullable()
      .meta({ description: 'The administrator who acts as this user in this session.' }),
    sudo_until: time.nullable().meta({ description: 'The time until which sensitive actions are allowed.' }),
  })
  .meta({ id: 'Session' });
export class SessionView extends createZodDto(sessionView, { codec: true }) {}

/** A session, or the second factor that is still missing. */
export const SignInView = createZodDto(z.union([challengeView, sessionView]), { codec: true });

const sessionItem = z
  .object({
    id: z.uuid(),
    current: z.boolean(),
    impersonated: z
      .boolean()
      .meta({ description: 'Whether an administrator acts as this user in this session.' }),
    device: z
      .string()
      .nullable()
      .meta({ description: 'A name of the device, such as Firefox on Windows, derived from user_agent.' }),
    user_agent: z.string().nullable(),
    created_at: time,
    last_seen_at: time,
  })
  .meta({ id: 'SessionItem' });
export class SessionListView extends createZodDto(
  z.object({ data: z.array(sessionItem) }).meta({ id: 'SessionList' }),
  { codec: true },
) {}

export class ProofWrong extends defineProblem({
  kind: 'forbidden',
  code: 'auth.proof-wrong',
  title: 'The proof is wrong',
  help: 'Send the password of the signed-in user, with a current code when the account has a second factor, or a passkey. The session continues without the sensitive actions.',
}) {}

export class ProofIncomplete extends defineProblem({
  kind: 'forbidden',
  code: 'auth.proof-incomplete',
  title: 'The second factor is missing',
  help: 'Sensitive actions ask for what signing in asks for. This account has a second factor: send a code of the authenticator app or a recovery code together with the password or with the choice of a provider, or send a passkey alone.',
}) {}
