import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Keyring } from './keyring.js';

/** The key and the context of a sealed value. The context is authenticated, so the value does not open in another place. */
export interface Seal {
  keyring: Keyring;
  purpose: string;
  bound: Buffer;
}

interface Opened {
  content: Buffer;
  /** False when an older key sealed the value. The caller should then seal it again while the content is at hand. */
  isCurrent: boolean;
}

/** Bytes of the key id, the nonce (NIST SP 800-38D recommends 96 bits) and the authentication tag. */
const sizes = { keyId: 4, nonce: 12, tag: 16 };
const overhead = sizes.keyId + sizes.nonce + sizes.tag;

/**
 * Encrypts with AES-256-GCM and the first key. The id of the key comes first in the result, so the value still opens when a
 * newer key is added.
 */
export function seal(content: Buffer, { keyring, purpose, bound }: Seal): Buffer {
  const key = keyring.primary(purpose);
  const nonce = randomBytes(sizes.nonce);
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce).setAAD(bound);
  const sealed = [cipher.update(content), cipher.final()];
  return Buffer.concat([Buffer.from(key.id, 'hex'), nonce, cipher.getAuthTag(), ...sealed]);
}

/**
 * Decrypts. Throws when the bytes were altered or moved, or when their key is gone: this error belongs in the log and never
 * in an answer.
 */
export function open(sealed: Buffer, { keyring, purpose, bound }: Seal): Opened {
  const keyId = sealed.subarray(0, sizes.keyId).toString('hex');
  const key = keyring.find(purpose, keyId);
  if (!key)
    throw new Error(
      `A value that was sealed for ${purpose} needs the key ${keyId}, which is no longer in SECRET_KEYS. See "Changing SECRET_KEYS" in docs/operations.md.`,
    );
  const nonce = sealed.subarray(sizes.keyId, sizes.keyId + sizes.nonce);
  const decipher = createDecipheriv('aes-256-gcm', key.secret, nonce, { authTagLength: sizes.tag })
    .setAAD(bound)
    .setAuthTag(sealed.subarray(overhead - sizes.tag, overhead));
  const content = Buffer.concat([decipher.update(sealed.subarray(overhead)), decipher.final()]);
  return { content, isCurrent: keyId === keyring.primary(purpose).id };
}
