import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Key, Keyring } from '#libs/config';

/** Returns a new bearer secret: 256 bits from the system's generator, in 43 characters of base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Returns the hash under which a secret is stored. Secrets are random, so a plain hash is enough (ASVS 5.0 6.5.2). */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/**
 * Returns the token of a mailed link, derived from the id of its row. A mail job that runs again sends the same link, and no
 * payload, log or table contains the token.
 */
export function deriveLinkToken(keyring: Keyring, purpose: string, id: string): string {
  return derive(keyring.primary('link'), purpose, id);
}

/** Returns the link token with this hash, also when SECRET_KEYS got a new first key since the hash was stored. */
export function findLinkToken(
  keyring: Keyring,
  purpose: string,
  id: string,
  hash: Buffer,
): string | undefined {
  return keyring
    .all('link')
    .map((key) => derive(key, purpose, id))
    .find((secret) => hashOf(secret).equals(hash));
}

function derive({ secret }: Key, purpose: string, id: string): string {
  return createHmac('sha256', secret).update(`${purpose}:${id}`).digest('base64url');
}
