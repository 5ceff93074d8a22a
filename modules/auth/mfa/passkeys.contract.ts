import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { lineOfText, time } from '#libs/http';
import { defineProblem } from '#libs/problem';
import { newCodes } from './mfa.contract.js';
import { assertion, attestation, creationOptions, requestOptions } from '../webauthn/webauthn.contract.js';

/** The name, which lists show. */
const passkeyName = lineOfText(1, 100);

export class PasskeyId extends createZodDto(z.strictObject({ id: z.uuid() })) {}
export class NewPasskey extends createZodDto(z.strictObject({ name: passkeyName, passkey: attestation })) {}
export class PasskeyProof extends createZodDto(z.strictObject({ passkey: assertion })) {}

export class CreationOptionsView extends createZodDto(creationOptions) {}
export class RequestOptionsView extends createZodDto(requestOptions) {}

const passkeyView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    backed_up: z
      .boolean()
      .meta({ description: 'Whether it is synchronised, so that it survives the loss of a device.' }),
    created_at: time,
    last_used_at: time.nullable(),
    suspended_at: time.nullable().meta({
      description: 'The time of a password reset. The passkey works again when its owner confirms it.',
    }),
  })
  .meta({ id: 'Passkey' });
export class PasskeyListView extends createZodDto(
  z.object({ data: z.array(passkeyView) }).meta({ id: 'PasskeyList' }),
  { codec: true },
) {}
export class PasskeyCreatedView extends createZodDto(
  passkeyView.extend({ recovery_codes: newCodes }).meta({ id: 'PasskeyCreated' }),
  { codec: true },
) {}

export class PasskeyWrong extends defineProblem({
  kind: 'unauthenticated',
  code: 'auth.passkey-wrong',
  title: 'The passkey was not accepted',
  help: 'Ask for new options with POST /v1/sessions/passkey/options and send what the browser makes of them within five minutes, from the same browser. The passkey may also have been removed from the account, or be suspended since a password reset until its owner confirms it.',
}) {}

export class PasskeyExists extends defineProblem({
  kind: 'conflict',
  code: 'auth.passkey-exists',
  title: 'The passkey is in use already',
  help: 'It belongs to an account already; choose another authenticator.',
}) {}

export class TooManyPasskeys extends defineProblem({
  kind: 'conflict',
  code: 'auth.too-many-passkeys',
  title: 'There are too many passkeys',
  help: 'An account has twenty at most. Remove one that is no longer used.',
}) {}

export class PasskeyNotFound extends defineProblem({
  kind: 'not-found',
  code: 'auth.passkey-not-found',
  title: 'There is no such passkey',
  help: 'It may have been removed. GET /v1/users/me/passkeys lists the existing ones.',
}) {}
