import { Injectable, Logger } from '@nestjs/common';
import { generateRegistrationOptions, verifyRegistrationResponse } from '@simplewebauthn/server';
import { UsersService } from '#modules/users';
import type { Owner } from '../sessions/user-locks.js';
import { Assertions, userHandle } from './assertions.js';
import { WebAuthnChallenges, challengeTimeout } from './webauthn-challenges.js';
import { PasskeyUnusable } from './webauthn.contract.js';
import { RelyingParty } from './relying-party.js';
import type { Attestation } from './webauthn.contract.js';

/** New passkeys: asking an authenticator for one and checking what it made. */
@Injectable()
export class Attestations {
  readonly #log = new Logger(Attestations.name);

  constructor(
    private readonly users: UsersService,
    private readonly ceremonies: WebAuthnChallenges,
    private readonly assertions: Assertions,
    private readonly party: RelyingParty,
  ) {}

  /** Options for `navigator.credentials.create`: discoverable, so that it signs in without a name. */
  async request({ userId, sessionId }: Owner) {
    const { email, name } = await this.users.get(userId);
    const challenge = await this.ceremonies.begin({ purpose: 'registration', boundTo: sessionId });
    return generateRegistrationOptions({
      rpID: this.party.id,
      rpName: this.party.name,
      userID: new Uint8Array(Buffer.from(userHandle(userId), 'base64url')),
      userName: email,
      userDisplayName: name,
      challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
      timeout: challengeTimeout,
      // Which make of authenticator it is decides nothing here, so nobody is asked.
      attestationType: 'none',
      excludeCredentials: await this.assertions.descriptorsOf(userId),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
  }

  /** The key that was made for this session. Uses up the challenge. Throws {@link PasskeyUnusable}. */
  async verify({ response, ...made }: Attestation, { sessionId }: Owner) {
    const ceremony = { purpose: 'registration', boundTo: sessionId } as const;
    const challenge = await this.ceremonies.end(response.clientDataJSON, ceremony);
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
        expectedOrigin: this.party.origins,
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
