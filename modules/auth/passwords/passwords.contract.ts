import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { defineProblem } from '#libs/problem';
import { defineJob } from '#modules/jobs';
import { email } from '#modules/users';
import { linkToken, mailJob } from '../auth.contract.js';

/**
 * At least 15 characters: the password alone signs in (NIST SP 800-63B-4 section 3.1.1.2). At most 256, so that
 * hashing stays cheap. Used exactly as sent but for Unicode NFKC, which makes one word of its different spellings.
 */
export const newPassword = z
  .string()
  .refine((text) => [...text].length >= 15, 'Must have at least 15 characters.')
  .refine((text) => [...text].length <= 256, 'Must have at most 256 characters.')
  .transform((text) => text.normalize('NFKC'))
  .meta({ format: 'password', minLength: 15, maxLength: 256 });

/** For signing in any length may be tried, but nothing that would be costly to hash. */
export const givenPassword = z
  .string()
  .max(1024)
  .transform((text) => text.normalize('NFKC'))
  .meta({ format: 'password' });

export class ResetRequest extends createZodDto(z.strictObject({ email })) {}
export class ResetConfirmation extends createZodDto(
  z.strictObject({ token: linkToken, password: newPassword }),
) {}

export const answerResetRequest = defineJob(
  'auth.answer-reset-request',
  z.object({ email: z.string() }),
  mailJob,
);

export class HashingBusy extends defineProblem({
  kind: 'unavailable',
  code: 'auth.busy',
  title: 'Too many people are signing in',
  help: 'Checking a password is costly on purpose. Try again after the seconds that Retry-After names.',
}) {}
