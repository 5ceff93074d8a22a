import { Injectable, Logger } from '@nestjs/common';
import { generateAuthenticationOptions, verifyAuthenticationResponse } from '@simplewebauthn/server';
import { and, eq, lt, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { WebAuthnChallenges, type WebAuthnChallenge, challengeTimeout } from './webauthn-challenges.js';
import { passkeys } from './passkeys.schema.js';
import { RelyingParty } from './relying-party.js';
import type { Assertion } from './webauthn.contract.js';

/** Possession of a key, and its user verified by PIN or body: two factors in one (RFC 8176). */
const amr = ['hwk', 'user'];

interface Proven {
  userId: string;
  passkeyId: string;
  amr: string[];
}

/** Signatures of passkeys: asking for them and checking them. */
@Injectable()
export class Assertions {
  readonly #log = new Logger(Assertions.name);

  constructor(
    private readonly db: Database,
    private readonly ceremonies: WebAuthnChallenges,
    private readonly party: RelyingParty,
  ) {}

  /**
   * Options for `navigator.credentials.get`. With a user, of their passkeys; without one the browser offers what it
   * has, so that nobody learns here which account has which.
   */
  async request({ userId, ...ceremony }: WebAuthnChallenge & { userId?: string }) {
    const challenge = await this.ceremonies.begin(ceremony);
    return generateAuthenticationOptions({
      rpID: this.party.id,
      challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
      timeout: challengeTimeout,
      userVerification: 'required',
      ...(userId !== undefined && { allowCredentials: await this.descriptorsOf(userId) }),
    });
  }

  /** Who signed for this ceremony, or nothing. Uses up its challenge, whatever comes of it. */
  async verify(assertion: Assertion, ceremony: WebAuthnChallenge): Promise<Proven | undefined> {
    const challenge = await this.ceremonies.end(assertion.response.clientDataJSON, ceremony);
    if (challenge === undefined) return undefined;
    const [passkey] = await this.db.conn
      .select()
      .from(passkeys)
      .where(eq(passkeys.credentialId, Buffer.from(assertion.id, 'base64url')));
    const proven = passkey && (await this.#check(assertion, challenge, passkey));
    return proven && (await this.#note(passkey, proven))
      ? { userId: passkey.userId, passkeyId: passkey.id, amr }
      : undefined;
  }

  async isThere(passkeyId: string): Promise<boolean> {
    return (await this.db.conn.$count(passkeys, eq(passkeys.id, passkeyId))) === 1;
  }

  /** The passkeys of a user, as browsers look for them. */
  async descriptorsOf(userId: string) {
    const rows = await this.db.conn
      .select({ id: passkeys.credentialId, transports: passkeys.transports })
      .from(passkeys)
      .where(eq(passkeys.userId, userId));
    return rows.map(({ id, transports }) => ({ id: id.toString('base64url'), transports }));
  }

  async #check(
    { response, ...assertion }: Assertion,
    challenge: string,
    passkey: typeof passkeys.$inferSelect,
  ) {
    // A passkey that was asked for without a name says whose it is: that has to be its owner.
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
        expectedOrigin: this.party.origins,
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

  /** Counts the use, once for each number of the authenticator's counter, if it has one. */
  async #note(
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

/** The user's id in 16 bytes: says nothing about the person (WebAuthn level 3 section 14.6.1). */
export function userHandle(userId: string): string {
  return Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url');
}
