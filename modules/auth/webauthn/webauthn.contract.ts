import { z } from 'zod';
import { defineProblem } from '#libs/problem';

/**
 * The objects that browsers make with `PublicKeyCredential.toJSON()` and read with `parse…OptionsFromJSON()`. The names are
 * those of WebAuthn level 3 section 5.1. The schemas are not strict: newer browsers add members, which are ignored.
 */
const base64url = z.base64url().max(16_384);

const credential = z.object({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).nullish(),
  // The options request no extension, so the results are ignored.
  clientExtensionResults: z.record(z.string(), z.unknown()).optional(),
});

/** AuthenticationResponseJSON: a signature of an authenticator. */
export const assertion = credential
  .extend({
    response: z.object({
      clientDataJSON: base64url,
      authenticatorData: base64url,
      signature: base64url,
      userHandle: base64url.nullish(),
    }),
  })
  .meta({ id: 'PasskeyAssertion', description: 'AuthenticationResponseJSON of WebAuthn.' });
export type Assertion = z.output<typeof assertion>;

/** RegistrationResponseJSON: a new passkey of an authenticator. */
export const attestation = credential
  .extend({
    response: z.object({
      clientDataJSON: base64url,
      attestationObject: base64url,
      transports: z.array(z.string().max(32)).max(16).default([]),
    }),
  })
  .meta({ id: 'PasskeyAttestation', description: 'RegistrationResponseJSON of WebAuthn.' });
export type Attestation = z.output<typeof attestation>;

const descriptor = z.object({
  id: z.string(),
  type: z.string(),
  transports: z.array(z.string()).optional(),
});

export const requestOptions = z
  .object({
    challenge: z.string(),
    timeout: z.int().optional(),
    rpId: z.string().optional(),
    allowCredentials: z.array(descriptor).optional(),
    userVerification: z.string().optional(),
  })
  .meta({ id: 'PasskeyRequestOptions', description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn.' });

export const creationOptions = z
  .object({
    rp: z.object({ id: z.string().optional(), name: z.string() }),
    user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
    challenge: z.string(),
    pubKeyCredParams: z.array(z.object({ type: z.string(), alg: z.int() })),
    timeout: z.int().optional(),
    excludeCredentials: z.array(descriptor).optional(),
    authenticatorSelection: z
      .object({
        residentKey: z.string().optional(),
        requireResidentKey: z.boolean().optional(),
        userVerification: z.string().optional(),
      })
      .optional(),
    attestation: z.string().optional(),
    extensions: z.object({ credProps: z.boolean().optional() }).optional(),
  })
  .meta({ id: 'PasskeyCreationOptions', description: 'PublicKeyCredentialCreationOptionsJSON of WebAuthn.' });

export class PasskeyUnusable extends defineProblem({
  kind: 'invalid',
  code: 'auth.passkey-unusable',
  title: 'The passkey cannot be added',
  help: 'Ask for new options with POST /v1/users/me/passkeys/options and send what the browser makes of them within five minutes, in the same session. The authenticator must verify its user, by PIN or biometrics.',
}) {}
