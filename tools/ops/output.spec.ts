import { expect, it } from '@jest/globals';
import { jsonOf, tableOf, textOf } from './output.js';

const hostile = 'a\u001b[2Jb\u009b31mc\u202ed\ne\0\u2028f\ud800';

it('what users wrote is only shown by a terminal, never obeyed', () => {
  const text = textOf({ parts: [`said ${hostile}`, [{ name: hostile, error: { detail: hostile } }]] });
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Cs}]/u);
  expect(text).toContain('a\u{fffd}[2Jb');
});

it('JSON stays whole, and is not obeyed either', () => {
  const json = jsonOf({ name: hostile, deep: ['\u{1f600}'] });
  expect(JSON.parse(json)).toEqual({ name: hostile, deep: ['\u{1f600}'] });
  expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Cs}]/u);
});

it('rows are a table: numbers to the right, nothing as a dash, long texts cut', () => {
  expect(
    tableOf([
      { job: 'users.export', count: 3, seconds: 0.123456 },
      { job: 'x'.repeat(100), count: 12, seconds: null },
    ]),
  ).toBe(
    [
      `job${' '.repeat(77)}  count  seconds`,
      `users.export${' '.repeat(68)}      3    0.123`,
      `${'x'.repeat(79)}…     12        –`,
    ].join('\n'),
  );
  expect(tableOf([])).toBe('(none)');
});
