import { expect, it } from '@jest/globals';
import { lockfileFaults } from './lockfile.js';

const sound = { integrity: 'sha512-AAAA' };

it('accepts hashed packages, our own folder and unserved packages of other platforms', () => {
  const packages = {
    '': {},
    'node_modules/zod': sound,
    'node_modules/@swc/core-darwin-arm64': { optional: true, os: ['darwin'] },
  };
  expect(lockfileFaults({ packages })).toEqual([]);
});

it.each([
  ['an address', { ...sound, resolved: 'https://registry.example/zod.tgz' }],
  ['no hash', {}],
  ['no hash although it is needed here', { os: ['linux'] }],
  ['no hash although every platform takes it', { optional: true }],
  ['a weak hash', { integrity: 'sha1-AAAA' }],
])('names a package that has %s', (_, entry) => {
  expect(lockfileFaults({ packages: { 'node_modules/zod': entry } })).toEqual([
    expect.stringMatching(/^node_modules\/zod: /),
  ]);
});
