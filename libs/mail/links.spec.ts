import { expect, it } from '@jest/globals';
import { hasLink } from './links.js';

it.each([
  'evil.com',
  'see evil.com/prize.',
  'https://evil.example',
  'HTTPS://10.0.0.1',
  '10.11.12.13',
  'prize@evil.example',
  '//evil',
  '\\\\evil\\share',
  'evil\uff0ecom',
  'evil\u2024com',
  'evil\u3002com',
  'evil\uff61com',
  'evil\ufe52com',
  'e\u200bvil.\u200bcom',
  'evil\u00ad.\u2060com',
  'https:\uff0f\uff0fevil',
  'prize\uff20evil',
  'ｅｖｉｌ．ｃｏｍ',
  'почта.рф',
])('%j has a link', (text) => {
  expect(hasLink(text)).toBe(true);
});

it.each([
  'Ticket 42',
  'Ticket 42/7, section 3.1',
  'The user asked. We looked.',
  'J. R. R. Tolkien',
  'Version 1.2 (and/or 1.3)…',
  '利用者の依頼。次に確認。',
])('%j has no link', (text) => {
  expect(hasLink(text)).toBe(false);
});
