import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { defineProblem } from '#libs/problem';

const reason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .describe('Why; it is kept in the audit log, and the user gets it by mail.');

export class ImpersonationRequest extends createZodDto(z.strictObject({ reason })) {}

export class UserNotActive extends defineProblem({
  kind: 'conflict',
  code: 'auth.user-not-active',
  title: 'The user is not active',
  help: 'Nobody can act as a user who is invited or disabled. An administrator opens the account with PATCH /v1/users/{id}.',
}) {}
