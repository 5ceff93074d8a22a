import { randomBytes } from 'node:crypto';

/** Crockford's base32: no I, L, O or U, which people misread or would rather not see. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 140 bits in seven groups of four: at 112 or more a plain hash is enough (ASVS 5.0 6.5.2). */
const length = 28;

/** Kept on paper for the day when the second factor is lost. */
export function newRecoveryCode(): string {
  // 256 is a multiple of 32, so each letter is as likely as any other.
  const letters = Array.from(randomBytes(length), (byte) => alphabet[byte & 31]).join('');
  return letters.match(/.{4}/g)!.join('-');
}

/** The code in its one form, however it was typed; nothing when it cannot be one. */
export function canonicalRecoveryCode(text: string): string | undefined {
  const letters = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  const isOne = letters.length === length && [...letters].every((letter) => alphabet.includes(letter));
  return isOne ? letters.match(/.{4}/g)!.join('-') : undefined;
}
