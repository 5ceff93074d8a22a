import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { defineProblem } from '#libs/problem';
import { email } from '#modules/users';
import { linkToken } from '../secrets/mailed-links.contract.js';

/** Characters: longer than 256 characters in any spelling. Longer text would be expensive to normalise or hash. */
const sent = z.string().max(1024);
const lengthOf = (text: string) => Array.from(text).length;

/**
 * At least 15 characters, because the password alone signs in (NIST SP 800-63B-4 section 3.1.1.2), and at most 256, so that
 * hashing stays cheap. The password is used exactly as sent except for Unicode NFKC, which unifies different spellings of a
 * word. The rules that depend on the owner are in password-policy.ts.
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

/** A password to sign in with, of any length. */
export const submittedPassword = sent
  .transform((text) => text.normalize('NFKC'))
  .meta({ format: 'password' });

export class ResetRequest extends createZodDto(z.strictObject({ email })) {}
export class ResetConfirmation extends createZodDto(
  z.strictObject({ token: linkToken, password: newPassword }),
) {}
export class PasswordChange extends createZodDto(z.strictObject({ password: newPassword })) {}

export class HashingBusy extends defineProblem({
  kind: 'unavailable',
  code: 'auth.busy',
  title: 'Too many people are signing in',
  help: 'Checking a password is expensive on purpose. Try again after the seconds that Retry-After names.',
}) {}
