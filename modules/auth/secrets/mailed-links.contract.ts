import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import type { Config } from '#libs/config';
import { defineProblem } from '#libs/problem';
import { email } from '#modules/users';

/** The pages of a front end that mails lead to. docs/accounts.md says what each of them sends. */
export type MailedPage =
  'verify-email' | 'reset-password' | 'set-up-account' | 'change-email' | 'cancel-email-change';

/** Returns the link. Its token is in the fragment, which browsers do not send to servers, proxies or link scanners. */
export function mailedLink({ APP_URL }: Pick<Config, 'APP_URL'>, page: MailedPage, token: string): string {
  return `${APP_URL}/${page}#token=${token}`;
}

/** 32 bytes in base64url. */
export const linkToken = z.string().regex(/^[\w-]{43}$/, 'Must be the 43 characters of the link.');

/** Returns the address in an unvalidated body, because attempts are counted before the validation. */
export const emailIn = (body: unknown) => bodyWithEmail.safeParse(body).data?.email;
const bodyWithEmail = z.object({ email });

/** The options of jobs that send a mail: their effect is outside of the database. */
export const mailJob = { queue: 'mail', transactional: false } as const;

export class AcceptedView extends createZodDto(
  z
    .object({ status: z.literal('accepted') })
    .meta({ id: 'Accepted', description: 'The mail says how to continue.' }),
) {}

export class TokenInvalid extends defineProblem({
  kind: 'gone',
  code: 'auth.token-invalid',
  title: 'The link is no longer valid',
  help: 'It was used already, has expired or was replaced by a newer one. Ask for a new one.',
}) {}
