import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';
import { defineProblem } from '#libs/problem';
import { assertion } from '../webauthn/webauthn.contract.js';
import { submittedPassword } from '../passwords/passwords.contract.js';

export const methods = ['totp', 'recovery_code', 'passkey'] as const;
export type Method = (typeof methods)[number];

/** Six digits of an app or a recovery code, as users type them. */
export const code = z.string().trim().min(6).max(64).meta({ format: 'password' });

const isExactlyOne = (input: object) =>
  Object.values(input).filter((part) => part !== undefined).length === 1;

const secondFactor = z.strictObject({
  code: code.optional().describe('A code of the authenticator app, or a recovery code.'),
  passkey: assertion.optional(),
});
export type FactorInput = z.output<typeof secondFactor>;
export class SecondFactorProof extends createZodDto(
  secondFactor.refine(isExactlyOne, 'Send either a code or a passkey.'),
) {}

export class SudoProof extends createZodDto(
  secondFactor
    .extend({ password: submittedPassword.optional() })
    .refine(
      ({ password, code: sent, passkey }) => (passkey ? !password && !sent : password !== undefined),
      'Send the password, together with a code when the account has a second factor, or a passkey alone.',
    ),
) {}

export class TotpConfirmation extends createZodDto(z.strictObject({ code })) {}

export const challengeView = z
  .object({ status: z.literal('mfa_required'), methods: z.array(z.enum(methods)) })
  .meta({ id: 'MfaRequired', description: 'Send one of these to POST /v1/sessions/mfa within ten minutes.' });
export class ChallengeView extends createZodDto(challengeView) {}

export class TotpView extends createZodDto(
  z
    .object({
      secret: z.string().meta({ description: 'For typing (base32).' }),
      uri: z.string().meta({ description: 'For a QR code (otpauth://).' }),
    })
    .meta({
      id: 'TotpEnrolment',
      description: 'Shown once. It becomes active when a first code confirms it.',
    }),
) {}

/** New recovery codes, shown once, or null when the user had some before. */
export const newCodes = z
  .array(z.string())
  .nullable()
  .meta({ description: 'Recovery codes, shown once, or null when there were some before.' });
export class TotpEnabledView extends createZodDto(
  z.object({ recovery_codes: newCodes }).meta({ id: 'TotpEnabled' }),
) {}
export class RecoveryCodesView extends createZodDto(
  z.object({ recovery_codes: z.array(z.string()) }).meta({ id: 'RecoveryCodes', description: 'Shown once.' }),
) {}

export class MfaView extends createZodDto(
  z
    .object({
      required: z.boolean().meta({ description: 'Whether signing in by password requires a second factor.' }),
      totp_confirmed_at: time.nullable(),
      totp_suspended_at: time.nullable().meta({
        description:
          'The time of a password reset that suspended the app. A code of it at POST /v1/users/me/totp/confirmations confirms it.',
      }),
      passkeys: z.int().meta({ description: 'The passkeys that are not suspended.' }),
      recovery_codes_left: z.int(),
    })
    .meta({ id: 'Mfa' }),
  { codec: true },
) {}

export class CodeWrong extends defineProblem({
  kind: 'unauthenticated',
  code: 'auth.code-wrong',
  title: 'The second factor is wrong',
  help: 'Send the current code of the authenticator app, an unused recovery code or a passkey. A code works once; wait for the next one. Five attempts belong to one sign-in.',
}) {}

export class ChallengeOver extends defineProblem({
  kind: 'gone',
  code: 'auth.challenge-over',
  title: 'The sign-in must start again',
  help: 'It was not finished within ten minutes, took more than five attempts, is finished already, or was never begun. Start again with POST /v1/sessions.',
}) {}

export class TooManyCodes extends defineProblem({
  kind: 'limited',
  code: 'auth.too-many-codes',
  title: 'Too many wrong codes',
  help: 'Codes of the authenticator app are refused for this account until the seconds that Retry-After names have passed. Passkeys and recovery codes work meanwhile. If it was not you, another person knows your password: change it.',
}) {}

export class TotpExists extends defineProblem({
  kind: 'conflict',
  code: 'auth.totp-exists',
  title: 'There is an authenticator app already',
  help: 'Remove it with DELETE /v1/users/me/totp before you set up another one. One that a password reset suspended works again after POST /v1/users/me/totp/confirmations.',
}) {}

export class TotpNotPending extends defineProblem({
  kind: 'conflict',
  code: 'auth.totp-not-pending',
  title: 'No authenticator app waits to be confirmed',
  help: 'Start with POST /v1/users/me/totp and confirm within an hour.',
}) {}

export class TotpCodeWrong extends defineProblem({
  kind: 'invalid',
  code: 'auth.totp-code-wrong',
  title: 'The app shows another code',
  help: 'Send the code that the app shows now. When it stays wrong, check the clock of the device and scan the QR code again.',
}) {}

export class SecondFactorMissing extends defineProblem({
  kind: 'conflict',
  code: 'auth.second-factor-missing',
  title: 'There is no second factor',
  help: 'Recovery codes stand in for an authenticator app or a passkey. Set up one of these first.',
}) {}
