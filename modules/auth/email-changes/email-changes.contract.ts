import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { defineJob } from '#libs/queue';
import { email } from '#modules/users';
import { linkToken, mailJob } from '../secrets/auth.contract.js';

export class EmailChangeRequest extends createZodDto(z.strictObject({ email })) {}
export class EmailChangeProof extends createZodDto(z.strictObject({ token: linkToken })) {}

/** One mail of the two: `new` asks to prove the new address, `old` warns the old one. */
export const mailEmailChange = defineJob(
  'auth.mail-email-change',
  z.object({ changeId: z.uuid(), to: z.enum(['new', 'old']) }),
  mailJob,
);
