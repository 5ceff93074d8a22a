import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * `mst_live_<id>_<secret><checksum>`, in letters and digits, so that a double click selects the whole key. The id finds the
 * row and names the key in lists and reports of leaks. The checksum lets scanners and servers tell a key from text that looks
 * like one.
 */
const form = /^mst_live_([\dA-Za-z]{22})_([\dA-Za-z]{43})([\dA-Za-z]{6})$/;

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base = BigInt(alphabet.length);

/** The numbers of characters: 62^22 > 2^128, 62^43 > 2^256, 62^6 > 2^32. */
const lengths = { id: 22, secret: 43, checksum: 6 };

export interface ApiKeyParts {
  /** The UUID of the row. */
  id: string;
  secret: string;
}

/** Returns a new key for the row with this id: 256 bits from the system's generator. */
export function newApiKey(id: string): { key: string; secret: string } {
  const secret = encode(randomBytes(32).toString('hex'), lengths.secret);
  const body = `${keyPrefix(id)}_${secret}`;
  return { key: body + checksumOf(body), secret };
}

/** Returns the part of the key that is not secret. */
export function keyPrefix(id: string): string {
  return `mst_live_${encode(id.replaceAll('-', ''), lengths.id)}`;
}

/** Returns the parts of a key, or undefined for text that cannot be one of ours, which saves a query. */
export function parseApiKey(key: string): ApiKeyParts | undefined {
  const [, id, secret, checksum] = form.exec(key) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  if (checksumOf(key.slice(0, -lengths.checksum)) !== checksum) return undefined;
  const uuid = decodeId(id);
  return uuid === undefined ? undefined : { id: uuid, secret };
}

function checksumOf(body: string): string {
  return encode(crc32(body).toString(16), lengths.checksum);
}

function encode(hex: string, length: number): string {
  let rest = BigInt(`0x${hex}`);
  let text = '';
  for (; text.length < length; rest /= base) text = alphabet[Number(rest % base)]! + text;
  return text;
}

function decodeId(text: string): string | undefined {
  let value = 0n;
  for (const character of text) value = value * base + BigInt(alphabet.indexOf(character));
  const hex = value.toString(16).padStart(32, '0');
  return hex.length > 32 ? undefined : hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
