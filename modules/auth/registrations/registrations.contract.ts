import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { defineJob } from '#libs/queue';
import { email, personName } from '#modules/users';
import { linkToken, mailJob } from '../secrets/auth.contract.js';
import { newPassword } from '../passwords/passwords.contract.js';

export class Registration extends createZodDto(
  z.strictObject({ email, password: newPassword, name: personName }),
) {}
export class TokenProof extends createZodDto(z.strictObject({ token: linkToken })) {}

export const answerRegistration = defineJob(
  'auth.answer-registration',
  z.object({ registrationId: z.uuid() }),
  mailJob,
);
