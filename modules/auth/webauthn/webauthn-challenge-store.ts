import { Injectable } from '@nestjs/common';
import { and, eq, gt, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { hashOf, newSecret } from '../secrets/secrets.js';
import { webauthnChallenges } from './passkeys.schema.js';

/** Milliseconds that a user has, for example to find the key and to remember its PIN. */
export const challengeTimeout = 300_000;

/** The purpose and browser for which a challenge is valid. A signature is worthless for any other. */
export interface ChallengeBinding {
  purpose: (typeof webauthnChallenges.$inferSelect)['purpose'];
  /** The id of the session or of the waiting sign-in; when signing in, the secret of a cookie. */
  boundTo: string;
}

/** Stores the challenges that authenticators sign. Each is valid once, for one purpose and one browser. */
@Injectable()
export class WebAuthnChallengeStore {
  constructor(private readonly db: Database) {}

  /** Returns a new challenge, in base64url. */
  async begin({ purpose, boundTo }: ChallengeBinding): Promise<string> {
    const challenge = newSecret();
    await this.db.conn.insert(webauthnChallenges).values({
      hash: hashOf(challenge),
      purpose,
      boundTo: hashOf(boundTo),
      expiresAt: sql`now() + make_interval(secs => ${challengeTimeout / 1000})`,
    });
    return challenge;
  }

  /** Uses up the challenge that the browser names. Returns undefined when it was made for something else or used before. */
  async end(clientDataJson: string, { purpose, boundTo }: ChallengeBinding): Promise<string | undefined> {
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

/**
 * Returns the challenge in CollectedClientData (WebAuthn level 3 section 5.8.1). It is not proven yet; the signature proves
 * it.
 */
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
