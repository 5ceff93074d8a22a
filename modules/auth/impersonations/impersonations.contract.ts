import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { lineOfText } from '#libs/http';
import { defineProblem } from '#libs/problem';

const reason = lineOfText(1, 500).describe(
  'The reason. It is kept in the audit log and mailed to the user, unless it contains a link.',
);

export class ImpersonationRequest extends createZodDto(z.strictObject({ reason })) {}

export class UserNotActive extends defineProblem({
  kind: 'conflict',
  code: 'auth.user-not-active',
  title: 'The user is not active',
  help: 'An administrator cannot act as a user who is invited or disabled. Activate the account with PATCH /v1/users/{id}.',
}) {}
