import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Keyring } from './keyring.js';

/** Whose key seals, and what is authenticated with the content: moved to another place, it does not open. */
export interface Seal {
  keyring: Keyring;
  purpose: string;
  bound: Buffer;
}

export interface Opened {
  content: Buffer;
  /** False when it was sealed with a key that is no longer the first: seal it again while it is at hand. */
  isCurrent: boolean;
}

/** Bytes: key id, nonce (NIST SP 800-38D recommends 96 bits), authentication tag. */
const sizes = { keyId: 4, nonce: 12, tag: 16 };
const overhead = sizes.keyId + sizes.nonce + sizes.tag;

/** AES-256-GCM with the first key, which is named in front: later keys may come before it and it still opens. */
export function seal(content: Buffer, { keyring, purpose, bound }: Seal): Buffer {
  const key = keyring.primary(purpose);
  const nonce = randomBytes(sizes.nonce);
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce).setAAD(bound);
  const sealed = [cipher.update(content), cipher.final()];
  return Buffer.concat([Buffer.from(key.id, 'hex'), nonce, cipher.getAuthTag(), ...sealed]);
}

/** Throws when the bytes were altered or moved, or when their key is gone: an alarm for the log, never an answer. */
export function open(sealed: Buffer, { keyring, purpose, bound }: Seal): Opened {
  const keyId = sealed.subarray(0, sizes.keyId).toString('hex');
  const key = keyring.find(purpose, keyId);
  if (!key)
    throw new Error(
      `What was sealed for ${purpose} needs the key ${keyId}, which is no longer in SECRET_KEYS. See "Changing SECRET_KEYS" in docs/operations.md.`,
    );
  const nonce = sealed.subarray(sizes.keyId, sizes.keyId + sizes.nonce);
  const decipher = createDecipheriv('aes-256-gcm', key.secret, nonce, { authTagLength: sizes.tag })
    .setAAD(bound)
    .setAuthTag(sealed.subarray(overhead - sizes.tag, overhead));
  const content = Buffer.concat([decipher.update(sealed.subarray(overhead)), decipher.final()]);
  return { content, isCurrent: keyId === keyring.primary(purpose).id };
}
