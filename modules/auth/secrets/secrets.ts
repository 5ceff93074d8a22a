import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Key, Keyring } from '#libs/config';

/** A new bearer secret: 256 bits from the system's generator, in 43 characters of base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a secret. It is random, so a plain hash is enough (ASVS 5.0 6.5.2). */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/**
 * The secret of a mailed link, made from the id of what it is for: a mail job that runs again sends the same link,
 * and no payload, log or table ever holds it.
 */
export function deriveLinkToken(keyring: Keyring, purpose: string, id: string): string {
  return derive(keyring.primary('link'), purpose, id);
}

/** The link secret with this hash, also when SECRET_KEYS got a new first key since the hash was stored. */
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
