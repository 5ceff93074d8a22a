import { describe, expect, it } from '@jest/globals';
import { email } from './users.contract.js';

const local = (length: number) => 'l'.repeat(length);
const label = (length: number) => 'd'.repeat(length);
/** Returns an address of exactly this length whose parts are all short enough. */
const addressOf = (length: number) => {
  const tail = `.${label(50)}.${label(50)}.${label(50)}.com`;
  return `${local(60)}@${label(length - 61 - tail.length)}${tail}`;
};

describe('an e-mail address', () => {
  it.each([
    [' Ada@EXAMPLE.com ', 'ada@example.com'],
    ['ａｄａ＠example．com', 'ada@example.com'],
    ["o'hara+tag@sub.example.co", "o'hara+tag@sub.example.co"],
    [`${local(64)}@example.com`, `${local(64)}@example.com`],
    [`a@${label(63)}.com`, `a@${label(63)}.com`],
    [addressOf(254), addressOf(254)],
    [`${' '.repeat(200)}${addressOf(254)}`, addressOf(254)],
  ])('%j is %j', (text, canonical) => {
    expect(email.safeParse(text)).toMatchObject({ success: true, data: canonical });
  });

  it.each([
    ['a local part of 65', `${local(65)}@example.com`],
    ['a local part that NFKC makes too long', `${'ﬃ'.repeat(22)}@example.com`],
    ['an address that NFKC makes too long', `${'ﬃ'.repeat(150)}@example.com`],
    ['a label of 64', `a@${label(64)}.com`],
    ['a label that NFKC makes too long', `a@${'ﬃ'.repeat(22)}.com`],
    ['a top-level label of 64', `a@example.${label(64)}`],
    ['255 characters', addressOf(255)],
    ['a label that begins with a hyphen', 'a@-example.com'],
    ['a label that ends with a hyphen', 'a@example-.com'],
    ['an empty label', 'a@example..com'],
    ['no domain', 'a@'],
    ['no local part', '@example.com'],
    ['letters that only look like ASCII', 'аda@example.com'],
  ])('with %s is refused', (_, text) => {
    expect(email.safeParse(text).error?.issues).toHaveLength(1);
  });
});
