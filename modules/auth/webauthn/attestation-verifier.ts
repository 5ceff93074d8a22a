import { Injectable, Logger } from '@nestjs/common';
import { generateRegistrationOptions, verifyRegistrationResponse } from '@simplewebauthn/server';
import { UsersService } from '#modules/users';
import type { Owner } from '../sessions/user-locks.js';
import { AssertionVerifier, userHandle } from './assertion-verifier.js';
import { WebAuthnChallengeStore, challengeTimeout } from './webauthn-challenge-store.js';
import { PasskeyUnusable } from './webauthn.contract.js';
import { RelyingParty } from './relying-party.js';
import type { Attestation } from './webauthn.contract.js';

/** Requests and verifies new passkeys. */
@Injectable()
export class AttestationVerifier {
  readonly #log = new Logger(AttestationVerifier.name);

  constructor(
    private readonly users: UsersService,
    private readonly challenges: WebAuthnChallengeStore,
    private readonly assertions: AssertionVerifier,
    private readonly party: RelyingParty,
  ) {}

  /**
   * Returns options for `navigator.credentials.create`. The passkey is discoverable, so that it signs in without a user name.
   */
  async request({ userId, sessionId }: Owner) {
    const { email, name } = await this.users.get(userId);
    const challenge = await this.challenges.begin({ purpose: 'registration', boundTo: sessionId });
    return generateRegistrationOptions({
      rpID: this.party.id,
      rpName: this.party.name,
      userID: new Uint8Array(Buffer.from(userHandle(userId), 'base64url')),
      userName: email,
      userDisplayName: name,
      challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
      timeout: challengeTimeout,
      // The make of the authenticator does not matter here, so the browser does not ask the user to reveal it.
      attestationType: 'none',
      excludeCredentials: await this.assertions.descriptorsOf(userId),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
  }

  /** Returns the passkey that was made for this session and uses up the challenge. Throws {@link PasskeyUnusable}. */
  async verify({ response, ...made }: Attestation, { sessionId }: Owner) {
    const binding = { purpose: 'registration', boundTo: sessionId } as const;
    const challenge = await this.challenges.end(response.clientDataJSON, binding);
    if (challenge === undefined) throw new PasskeyUnusable();
    const { clientDataJSON, attestationObject } = response;
    try {
      const { registrationInfo } = await verifyRegistrationResponse({
        response: {
          id: made.id,
          rawId: made.rawId,
          type: made.type,
          clientExtensionResults: {},
          response: { clientDataJSON, attestationObject },
        },
        expectedChallenge: challenge,
        expectedOrigin: [...this.party.origins],
        expectedRPID: this.party.id,
        requireUserVerification: true,
      });
      if (registrationInfo) return registrationInfo;
    } catch (error) {
      this.#log.warn(`A new passkey was refused: ${(error as Error).message}`);
    }
    throw new PasskeyUnusable();
  }
}
