import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Keyring } from '#libs/config';
import { FinalResponse } from '#libs/http';

const purpose = 'idempotency-response';

/** Bytes: key id, nonce (NIST SP 800-38D recommends 96 bits), authentication tag. */
const sizes = { keyId: 4, nonce: 12, tag: 16 };

/**
 * AES-256-GCM; the row's id and fingerprint are authenticated with it, so that a row moved to another key
 * does not decrypt.
 */
export function seal(response: FinalResponse, bound: Buffer, keyring: Keyring): Buffer {
  const key = keyring.primary(purpose);
  const nonce = randomBytes(sizes.nonce);
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce).setAAD(bound);
  const head = Buffer.from(
    JSON.stringify({ status: response.status, headers: response.headers, hasBody: response.body !== null }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  const parts = [
    cipher.update(length),
    cipher.update(head),
    cipher.update(response.body ?? ''),
    cipher.final(),
  ];
  return Buffer.concat([Buffer.from(key.id, 'hex'), nonce, cipher.getAuthTag(), ...parts]);
}

/** Throws when the row was altered or its key is gone: an alarm for the log, never an answer. */
export function unseal(sealed: Buffer, bound: Buffer, keyring: Keyring): FinalResponse {
  const keyId = sealed.subarray(0, sizes.keyId).toString('hex');
  const key = keyring.find(purpose, keyId);
  if (!key)
    throw new Error(
      `A stored response needs the rotated-out key ${keyId}. Keep a key in SECRET_KEYS for 24 hours after it stopped being the first.`,
    );
  const nonce = sealed.subarray(sizes.keyId, sizes.keyId + sizes.nonce);
  const start = sizes.keyId + sizes.nonce + sizes.tag;
  const decipher = createDecipheriv('aes-256-gcm', key.secret, nonce, { authTagLength: sizes.tag })
    .setAAD(bound)
    .setAuthTag(sealed.subarray(start - sizes.tag, start));
  const plain = Buffer.concat([decipher.update(sealed.subarray(start)), decipher.final()]);
  const bodyStart = 4 + plain.readUInt32BE(0);
  const head = JSON.parse(plain.subarray(4, bodyStart).toString()) as {
    status: number;
    headers: Record<string, string>;
    hasBody: boolean;
  };
  return new FinalResponse(head.status, head.headers, head.hasBody ? plain.subarray(bodyStart) : null);
}
