import { randomBytes } from 'node:crypto';

/** Crockford's base32. It has no I, L, O or U, which people misread or which could form rude words. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 140 bits in seven groups of four. From 112 bits on a plain hash is enough (ASVS 5.0 6.5.2). */
const length = 28;

/** Returns a new code. Users keep it on paper for the day when they lose their second factor. */
export function newRecoveryCode(): string {
  // 256 is a multiple of 32, so all letters are equally likely.
  const letters = Array.from(randomBytes(length), (byte) => alphabet[byte & 31]).join('');
  return letters.match(/.{4}/g)!.join('-');
}

/** Returns the canonical form of a typed code, or undefined when it cannot be one. */
export function canonicalRecoveryCode(text: string): string | undefined {
  const letters = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  const isOne = letters.length === length && [...letters].every((letter) => alphabet.includes(letter));
  return isOne ? letters.match(/.{4}/g)!.join('-') : undefined;
}
