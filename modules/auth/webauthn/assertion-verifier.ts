import { Injectable, Logger } from '@nestjs/common';
import { generateAuthenticationOptions, verifyAuthenticationResponse } from '@simplewebauthn/server';
import { and, eq, lt, type SQL, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import {
  WebAuthnChallengeStore,
  type ChallengeBinding,
  challengeTimeout,
} from './webauthn-challenge-store.js';
import { isTrusted } from './passkeys.queries.js';
import { passkeys } from './passkeys.schema.js';
import { RelyingParty } from './relying-party.js';
import type { Assertion } from './webauthn.contract.js';

/** The possession of a key, and its user verified by PIN or biometrics: two factors in one (RFC 8176). */
const amr = ['hwk', 'user'];

interface Proven {
  userId: string;
  passkeyId: string;
  amr: string[];
}

/** Requests and verifies the signatures of passkeys. */
@Injectable()
export class AssertionVerifier {
  readonly #log = new Logger(AssertionVerifier.name);

  constructor(
    private readonly db: Database,
    private readonly challenges: WebAuthnChallengeStore,
    private readonly party: RelyingParty,
  ) {}

  /**
   * Returns options for `navigator.credentials.get`. With a user they list that user's passkeys. Without one the browser
   * offers its own passkeys, so that no caller learns which account has which.
   */
  async request({ userId, ...binding }: ChallengeBinding & { userId?: string }) {
    const challenge = await this.challenges.begin(binding);
    return generateAuthenticationOptions({
      rpID: this.party.id,
      challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
      timeout: challengeTimeout,
      userVerification: 'required',
      ...(userId !== undefined && { allowCredentials: await this.descriptorsOf(userId, isTrusted) }),
    });
  }

  /** Returns the user who signed a challenge with this binding, or undefined. It uses up the challenge in any case. */
  async verify(assertion: Assertion, binding: ChallengeBinding): Promise<Proven | undefined> {
    const challenge = await this.challenges.end(assertion.response.clientDataJSON, binding);
    if (challenge === undefined) return undefined;
    const [passkey] = await this.db.conn
      .select()
      .from(passkeys)
      .where(and(eq(passkeys.credentialId, Buffer.from(assertion.id, 'base64url')), isTrusted));
    const proven = passkey && (await this.#check(assertion, challenge, passkey));
    return proven && (await this.#recordUse(passkey, proven))
      ? { userId: passkey.userId, passkeyId: passkey.id, amr }
      : undefined;
  }

  /** Returns whether the passkey still proves its owner. */
  async isUsable(passkeyId: string): Promise<boolean> {
    return (await this.db.conn.$count(passkeys, and(eq(passkeys.id, passkeyId), isTrusted))) === 1;
  }

  /** Returns the passkeys of a user in the form that browsers look for. */
  async descriptorsOf(userId: string, condition?: SQL) {
    const rows = await this.db.conn
      .select({ id: passkeys.credentialId, transports: passkeys.transports })
      .from(passkeys)
      .where(and(eq(passkeys.userId, userId), condition));
    return rows.map(({ id, transports }) => ({ id: id.toString('base64url'), transports }));
  }

  async #check(
    { response, ...assertion }: Assertion,
    challenge: string,
    passkey: typeof passkeys.$inferSelect,
  ) {
    // A passkey that was requested without a user names its owner, who must be the one we know.
    if (response.userHandle && response.userHandle !== userHandle(passkey.userId)) return undefined;
    try {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: {
          id: assertion.id,
          rawId: assertion.rawId,
          type: assertion.type,
          clientExtensionResults: {},
          response: {
            clientDataJSON: response.clientDataJSON,
            authenticatorData: response.authenticatorData,
            signature: response.signature,
          },
        },
        expectedChallenge: challenge,
        expectedOrigin: [...this.party.origins],
        expectedRPID: this.party.id,
        requireUserVerification: true,
        credential: {
          id: passkey.credentialId.toString('base64url'),
          publicKey: new Uint8Array(passkey.publicKey),
          counter: passkey.counter,
        },
      });
      return verified ? authenticationInfo : undefined;
    } catch (error) {
      this.#log.warn(`A passkey was refused: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** Records the use. Returns false when the authenticator counts its signatures and this number is not a new one. */
  async #recordUse(
    { id }: { id: string },
    { newCounter, credentialBackedUp }: { newCounter: number; credentialBackedUp: boolean },
  ): Promise<boolean> {
    const isNext = newCounter === 0 ? eq(passkeys.counter, 0) : lt(passkeys.counter, newCounter);
    const { rowCount } = await this.db.conn
      .update(passkeys)
      .set({ counter: newCounter, isBackedUp: credentialBackedUp, lastUsedAt: sql`now()` })
      .where(and(eq(passkeys.id, id), isNext));
    return rowCount === 1;
  }
}

/** Returns the user's id in 16 bytes, which say nothing about the person (WebAuthn level 3 section 14.6.1). */
export function userHandle(userId: string): string {
  return Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url');
}
