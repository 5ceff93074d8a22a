import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { defineProblem } from '#libs/problem';
import { email } from '#modules/users';
import { linkToken } from '../secrets/mailed-links.contract.js';

/** Longer than 256 characters are in any spelling; nothing that would be costly to normalise or hash gets further. */
const sent = z.string().max(1024);
const lengthOf = (text: string) => Array.from(text).length;

/**
 * At least 15 characters: the password alone signs in (NIST SP 800-63B-4 section 3.1.1.2). At most 256, so that
 * hashing stays cheap. Used exactly as sent but for Unicode NFKC, which makes one word of its different spellings.
 * What else it must be depends on whose it is: see password-policy.ts.
 */
export const newPassword = sent
  .transform((text) => text.normalize('NFKC'))
  .refine((text) => lengthOf(text) >= 15, {
    error: 'Must have at least 15 characters.',
    params: { code: 'password.too-short' },
  })
  .refine((text) => lengthOf(text) <= 256, {
    error: 'Must have at most 256 characters.',
    params: { code: 'password.too-long' },
  })
  .meta({ format: 'password', minLength: 15, maxLength: 256 });

/** For signing in any length may be tried. */
export const givenPassword = sent.transform((text) => text.normalize('NFKC')).meta({ format: 'password' });

export class ResetRequest extends createZodDto(z.strictObject({ email })) {}
export class ResetConfirmation extends createZodDto(
  z.strictObject({ token: linkToken, password: newPassword }),
) {}
export class PasswordChange extends createZodDto(z.strictObject({ password: newPassword })) {}

export class HashingBusy extends defineProblem({
  kind: 'unavailable',
  code: 'auth.busy',
  title: 'Too many people are signing in',
  help: 'Checking a password is costly on purpose. Try again after the seconds that Retry-After names.',
}) {}
