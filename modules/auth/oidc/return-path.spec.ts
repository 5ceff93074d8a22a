import { describe, expect, it } from '@jest/globals';
import { returnPath } from './return-path.js';

describe('a path to return to', () => {
  it.each([
    ['/', '/'],
    ['/settings', '/settings'],
    ['/a/../b?x=1#y', '/b?x=1#y'],
    ['/search?q=//evil.test', '/search?q=//evil.test'],
    ['/ä', '/%C3%A4'],
  ])('%j leads to %j', (given, path) => {
    expect(returnPath.parse(given)).toBe(path);
  });

  it.each([
    '',
    'settings',
    '//evil.test',
    String.raw`/\evil.test`,
    String.raw`\\evil.test`,
    '/\t/evil.test',
    '/\n/evil.test',
    '\t//evil.test',
    ' //evil.test',
    '/.//evil.test',
    '/a/..//evil.test',
    String.raw`/a/..\\evil.test`,
    'https://evil.test/',
    'https:evil.test',
    'javascript:alert(1)',
    '@evil.test',
    '/settings\r\nset-cookie: sid=x',
    '/v1/auth/oidc/acme',
    '/x/../v1/sessions',
    `/${'x'.repeat(512)}`,
  ])('is not %j', (given) => {
    expect(returnPath.safeParse(given).success).toBe(false);
  });
});
