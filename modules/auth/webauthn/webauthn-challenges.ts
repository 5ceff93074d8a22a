import { Injectable } from '@nestjs/common';
import { and, eq, gt, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { hashOf, newSecret } from '../secrets/secrets.js';
import { webauthnChallenges } from './passkeys.schema.js';

/** Milliseconds a person has: to find the key, and to remember its PIN. */
export const challengeTimeout = 300_000;

/** What a challenge is for. Signed for anything else, or in another browser, it is worth nothing. */
export interface WebAuthnChallenge {
  purpose: (typeof webauthnChallenges.$inferSelect)['purpose'];
  /** Id of the session or of the waiting sign-in; for signing in the secret of a cookie. */
  boundTo: string;
}

/** What authenticators are asked to sign: each challenge once, for one purpose, by one browser. */
@Injectable()
export class WebAuthnChallenges {
  constructor(private readonly db: Database) {}

  /** A new challenge, in base64url. */
  async begin({ purpose, boundTo }: WebAuthnChallenge): Promise<string> {
    const challenge = newSecret();
    await this.db.conn.insert(webauthnChallenges).values({
      hash: hashOf(challenge),
      purpose,
      boundTo: hashOf(boundTo),
      expiresAt: sql`now() + make_interval(secs => ${challengeTimeout / 1000})`,
    });
    return challenge;
  }

  /** Uses up the challenge that the browser says was signed; nothing unless it was made for this and is unused. */
  async end(clientDataJson: string, { purpose, boundTo }: WebAuthnChallenge): Promise<string | undefined> {
    const challenge = challengeIn(clientDataJson);
    if (challenge === undefined) return undefined;
    const { rowCount } = await this.db.conn
      .delete(webauthnChallenges)
      .where(
        and(
          eq(webauthnChallenges.hash, hashOf(challenge)),
          eq(webauthnChallenges.purpose, purpose),
          eq(webauthnChallenges.boundTo, hashOf(boundTo)),
          gt(webauthnChallenges.expiresAt, sql`now()`),
        ),
      );
    return rowCount === 1 ? challenge : undefined;
  }
}

/** From CollectedClientData (WebAuthn level 3 section 5.8.1). Not proven yet: the signature over it is. */
function challengeIn(clientDataJson: string): string | undefined {
  try {
    const data = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString()) as {
      challenge?: unknown;
    } | null;
    return typeof data?.challenge === 'string' ? data.challenge : undefined;
  } catch {
    return undefined;
  }
}
