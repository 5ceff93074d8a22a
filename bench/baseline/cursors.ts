import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { Refused } from './problems.js';

/** The position of a row in the list. */
export interface Position {
  value: string;
  id: string;
}

const lifetimeMs = 72 * 3600 * 1000;

/** Returns a cursor as long as those of Mainstay, and like them sealed with AES-256-GCM and bound to the reader. */
export function writeCursor(key: KeyObject, { value, id }: Position, reader: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(reader));
  const text = JSON.stringify([value, id, Date.now() + lifetimeMs]);
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  );
}

/** Throws {@link Refused} for a cursor that this key did not make for this reader. */
export function readCursor(key: KeyObject, cursor: string, reader: string): Position {
  const sealed = Buffer.from(cursor, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
      .setAAD(Buffer.from(reader))
      .setAuthTag(sealed.subarray(-16));
    const text = decipher.update(sealed.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
    const [value, id, expiresAt] = JSON.parse(text) as [string, string, number];
    if (expiresAt > Date.now()) return { value, id };
  } catch {
    // A cursor that is too short, altered, or made for another reader gets the same answer.
  }
  throw new Refused(400, 'cursor.invalid');
}
