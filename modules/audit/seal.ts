import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Key, Keyring } from '#libs/config';
import type { auditSeals } from './audit-seals.schema.js';

export type Seal = typeof auditSeals.$inferSelect;

const purpose = 'audit-seal';

/** Returns the key for new seals. */
export const sealingKey = (keyring: Keyring): Key => keyring.primary(purpose);

/** Returns the signature of a seal. The head covers every earlier event, so nothing else needs signing again. */
export function signatureOf(key: Key, seal: Omit<Seal, 'keyId' | 'signature' | 'digests'>): Buffer {
  const { number, firstSeq, lastSeq, count, head, sealedAt } = seal;
  const text = JSON.stringify([number, firstSeq, lastSeq, count, head.toString('hex'), sealedAt.getTime()]);
  return createHmac('sha256', key.secret).update(text).digest();
}

/** Returns whether one of SECRET_KEYS signed the seal; `unknown` when its key is no longer among them. */
export function signatureState(keyring: Keyring, seal: Seal): 'valid' | 'forged' | 'unknown' {
  const key = keyring.find(purpose, seal.keyId);
  if (!key) return 'unknown';
  const expected = signatureOf(key, seal);
  const isEqual = expected.length === seal.signature.length && timingSafeEqual(expected, seal.signature);
  return isEqual ? 'valid' : 'forged';
}
