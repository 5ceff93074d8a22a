import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { roles } from '#libs/access';
import { lineOfText, time } from '#libs/http';
import { pageOf, pageQuery } from '#libs/pagination';
import { defineProblem } from '#libs/problem';

/** 64 octets before the `@` (RFC 5321 section 4.5.3.1.1). */
const localPart = /^[^@]{1,64}@/;

/** Labels of 1 to 63 letters, digits and hyphens that neither begin nor end with a hyphen (RFC 1035 section 2.3.1). */
const domain = /@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{1,63}$/;

/**
 * An e-mail address in canonical form: NFKC, no surrounding space, lower case. It is made canonical before it is checked, also
 * for its length, so that the checked value is the compared and stored one. Only ASCII addresses are valid, because other
 * letters can look like these; so a character is an octet.
 */
export const email = z
  .string()
  .normalize('NFKC')
  .trim()
  .toLowerCase()
  .max(254) // RFC 5321 section 4.5.3.1.3, minus the angle brackets. A longer text never reaches the patterns.
  .pipe(z.email())
  .pipe(
    z
      .string()
      .regex(localPart, 'Must have at most 64 characters before the @.')
      .regex(
        domain,
        'Must have a domain whose labels have at most 63 characters and no hyphen at either end.',
      ),
  )
  .meta({ format: 'email' });

/** A person's name in any script. */
export const personName = lineOfText(1, 200);

const role = z.enum(roles);
const status = z.enum(['invited', 'active', 'disabled']);

export const userView = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role,
    status,
    version: z.int(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'User' });
export type User = z.output<typeof userView>;

export class UserView extends createZodDto(userView, { codec: true }) {}
export class UserPageView extends createZodDto(pageOf(userView).meta({ id: 'UserPage' }), { codec: true }) {}

export const userSorts = ['created_at', '-created_at', 'name', '-name'] as const;
export const userFilter = z.strictObject({
  email: email.optional(),
  status: status.optional(),
  role: role.optional(),
});

export class UserId extends createZodDto(z.strictObject({ id: z.uuid() })) {}
export class UserQuery extends createZodDto(
  pageQuery({
    ...userFilter.shape,
    sort: z.enum(userSorts).default('created_at').describe('`-` sorts downwards.'),
  }),
) {}
export class Invitation extends createZodDto(
  z.strictObject({ email, name: personName, role: role.default('member') }),
) {}
export class UserPatch extends createZodDto(
  z.strictObject({
    name: personName.optional(),
    role: role.optional(),
    status: z.enum(['active', 'disabled']).optional(),
  }),
) {}
export class ProfilePatch extends createZodDto(z.strictObject({ name: personName.optional() })) {}
export class ExportRequest extends createZodDto(
  z.strictObject({ format: z.enum(['csv', 'ndjson']), filter: userFilter.default({}) }),
) {}

/** One row of an import, with the columns `email,name,role` of the file. */
export const importRow = z.object({
  email,
  name: personName,
  role: z.preprocess((value) => (value === '' ? undefined : value), role.default('member')),
});

export class UserNotFound extends defineProblem({
  kind: 'not-found',
  code: 'users.not-found',
  title: 'There is no such user',
  help: 'The user does not exist or has been deleted. List the users with GET /v1/users.',
}) {}

export class EmailTaken extends defineProblem({
  kind: 'conflict',
  code: 'users.email-taken',
  title: 'The address already has an account',
  help: 'Find the user with GET /v1/users?email=… and change it, or use another address.',
}) {}

export class LastAdmin extends defineProblem({
  kind: 'conflict',
  code: 'users.last-admin',
  title: 'This is the last administrator',
  help: 'Give another active user the role admin first; an installation without an administrator could no longer be administered.',
}) {}

export class ImportUnreadable extends defineProblem({
  kind: 'invalid',
  code: 'users.import-unreadable',
  title: 'The file is not a user list',
  help: 'Send UTF-8 CSV (RFC 4180) whose first line is `email,name,role`; the column role may be left out.',
}) {}
