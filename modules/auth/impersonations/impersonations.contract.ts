import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { defineProblem } from '#libs/problem';

const reason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .describe('The reason. It is kept in the audit log and mailed to the user.');

export class ImpersonationRequest extends createZodDto(z.strictObject({ reason })) {}

export class UserNotActive extends defineProblem({
  kind: 'conflict',
  code: 'auth.user-not-active',
  title: 'The user is not active',
  help: 'An administrator cannot act as a user who is invited or disabled. Activate the account with PATCH /v1/users/{id}.',
}) {}
