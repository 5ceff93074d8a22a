import { expect, it } from '@jest/globals';
import { assertAvailable } from './availability.js';
import { namesOf } from './names.js';

it.each([
  ['users', 'modules/users exists'],
  ['one-time-tokens', 'there is a table one_time_tokens'],
  ['problems', 'the API has a view called Problem'],
  ['databases', 'Database is a part of the libs'],
])('%s is taken', (plural, reason) => {
  expect(() => assertAvailable(namesOf(plural))).toThrow(reason);
});

it('another name is free', () => {
  expect(() => assertAvailable(namesOf('museum-pieces'))).not.toThrow();
});
