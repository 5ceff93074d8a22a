import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { permissions } from '#libs/access';
import { time } from '#libs/http';
import { defineProblem } from '#libs/problem';
import { email, userView } from '#modules/users';
import { challengeView } from '../mfa/mfa.contract.js';
import { givenPassword } from '../passwords/passwords.contract.js';

export class Credentials extends createZodDto(z.strictObject({ email, password: givenPassword })) {}
export class SessionId extends createZodDto(z.strictObject({ id: z.uuid() })) {}

const sessionView = z
  .object({
    id: z.uuid(),
    user: userView.pick({ id: true, email: true, name: true, role: true }),
    permissions: z.array(z.enum(permissions)),
    amr: z.array(z.string()).meta({ description: 'How it was proven who this is (RFC 8176).' }),
    created_at: time,
    expires_at: time,
    impersonator_id: z
      .uuid()
      .nullable()
      .meta({ description: 'The administrator who acts as this user in this session.' }),
    sudo_until: time.nullable().meta({ description: 'Until when sensitive actions are open.' }),
  })
  .meta({ id: 'Session' });
export class SessionView extends createZodDto(sessionView, { codec: true }) {}

/** A session, or what is missing for one. */
export const SignInView = createZodDto(z.union([challengeView, sessionView]), { codec: true });

const sessionItem = z
  .object({
    id: z.uuid(),
    current: z.boolean(),
    impersonated: z.boolean().meta({ description: 'An administrator acts as this user in it.' }),
    device: z
      .string()
      .nullable()
      .meta({ description: 'What people call it, such as Firefox on Windows; read from user_agent.' }),
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
  help: 'Send the password of the signed-in user, a current code or a passkey. The session goes on without the sensitive actions.',
}) {}
