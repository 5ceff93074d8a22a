import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { defineProblem } from '#libs/problem';
import { email } from '#modules/users';

/** 32 bytes in base64url. */
export const linkToken = z.string().regex(/^[\w-]{43}$/, 'Must be the 43 characters of the link.');

/** The address in a body that nobody has checked yet: attempts are counted before. */
export const emailIn = (body: unknown) => bodyWithEmail.safeParse(body).data?.email;
const bodyWithEmail = z.object({ email });

/** Of jobs that send a mail: what they do is outside of the database. */
export const mailJob = { queue: 'mail', transactional: false } as const;

export class AcceptedView extends createZodDto(
  z
    .object({ status: z.literal('accepted') })
    .meta({ id: 'Accepted', description: 'What follows comes by mail.' }),
) {}

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

export class CredentialAmbiguous extends defineProblem({
  kind: 'malformed',
  code: 'auth.ambiguous-credentials',
  title: 'More than one credential was sent',
  help: 'Send either the session cookie or one Authorization header, so that it is clear who is asking.',
}) {}

export class AdminExists extends defineProblem({
  kind: 'conflict',
  code: 'auth.admin-exists',
  title: 'There is an administrator already',
  help: 'Let an administrator invite further ones with POST /v1/users.',
}) {}
