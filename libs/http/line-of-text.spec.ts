import { expect, it } from '@jest/globals';
import { lineOfText } from './line-of-text.js';

const name = lineOfText(1, 40);

it.each([
  [' Ada ', 'Ada'],
  ['Zoe\u0308', 'Zo\u00eb'],
  ['山田太郎', '山田太郎'],
  ['نرگس\u200cخاتون', 'نرگس\u200cخاتون'],
  ['\u{1f469}\u200d\u{1f4bb}', '\u{1f469}\u200d\u{1f4bb}'],
  ["O'Hara-Śmith, J. R.", "O'Hara-Śmith, J. R."],
  ['42', '42'],
])('the text %j is the line %j', (text, line) => {
  expect(name.safeParse(text)).toMatchObject({ success: true, data: line });
});

it.each([
  ['nothing', ''],
  ['spaces', ' \u00a0\u3000'],
  ['zero width spaces', '\u200b\u200b'],
  ['joiners', '\u200d\u200c'],
  ['a soft hyphen', '\u00ad'],
  ['a Hangul filler', '\u3164'],
  ['the blank of Braille', '\u2800'],
  ['variation selectors and tags', '\ufe0f\u{e0041}'],
  ['a combining mark alone', '\u0301'],
  ['a private character', '\ue000'],
  ['a right-to-left override', 'Ada\u202egpj'],
  ['an isolate', 'Ada\u2066x\u2069'],
  ['a direction mark', 'Ada\u200f'],
  ['an Arabic letter mark', 'Ada\u061c'],
  ['a line break', 'Ada\nBcc: x'],
  ['a line separator', 'Ada\u2028x'],
  ['a control character', 'Ada\u0085x'],
  ['too many characters', 'x'.repeat(41)],
])('a text of or with %s is refused', (_, text) => {
  expect(name.safeParse(text).error?.issues).toHaveLength(1);
});
