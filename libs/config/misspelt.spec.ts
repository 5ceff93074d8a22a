import { expect, it } from '@jest/globals';
import { secretNames } from './config.js';
import { environment } from './environment.js';
import { misspelt } from './misspelt.js';

const known = [...Object.keys(environment.shape), ...secretNames.map((name) => `${name}_FILE`)];

/** Slips of the keyboard in the middle of a name. */
const slips: [name: string, slip: (name: string) => string][] = [
  ['a letter left out', (name) => name.slice(0, 2) + name.slice(3)],
  ['a letter twice', (name) => name.slice(0, 2) + name.slice(1)],
  ['another letter', (name) => `${name.slice(0, 2)}Q${name.slice(3)}`],
  ['two letters exchanged', (name) => `${name[1]}${name[0]}${name.slice(2)}`],
  ['small letters', (name) => name.toLowerCase()],
];

it.each(slips)('%s: every variable is recognised', (_, slip) => {
  for (const name of known)
    expect([...misspelt({ [slip(name)]: 'x' }).values()]).toEqual([
      `${slip(name)} is set, but nothing reads it; is ${name} meant?`,
    ]);
});

it('a right name, and a name of something else, is no slip', () => {
  const others = [
    'HOME',
    'PATH',
    'HOSTNAME',
    'POSTGRES_URL',
    'NODE_OPTIONS',
    'npm_config_loglevel',
    'OTEL_SERVICE_NAME',
    'SSH_AUTH_SOCK',
  ];
  expect([...misspelt(Object.fromEntries([...known, ...others].map((name) => [name, 'x'])))]).toEqual([]);
});
