import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ConfigInvalid, loadConfig } from './config.js';

const least = {
  DATABASE_URL: 'postgres://app:secret@db:5432/mainstay',
  SECRET_KEYS: randomBytes(32).toString('base64url'),
};

describe('the URL of a server', () => {
  it.each([
    ['DATABASE_URL', '"postgres://app:hunter2@db/x"', 'without quotes'],
    ['DATABASE_URL', "'postgres://app:hunter2@db/x'", 'without quotes'],
    ['DATABASE_URL', 'postgres://app:hunt er2@db/x', 'without quotes or spaces'],
    ['DATABASE_URL', 'postgres://app:p@hunter2:w/rd@db/x', 'percent-encode'],
    ['DATABASE_URL', 'postgres://app:12#hunter2@db/x', 'percent-encode'],
    ['DATABASE_URL', 'postgres://app:12/hunter2@db/x', 'percent-encode'],
    ['DATABASE_URL', 'postgres://app:12?hunter2@db/x', 'percent-encode'],
    ['DATABASE_URL', 'postgres://app:hunter2%@db/x', 'percent-encode'],
    ['DATABASE_URL', 'postgres://app:hunter2%ff@db/x', 'percent-encode'],
    ['DATABASE_URL', 'postgres://app:hunter2@db:port/x', 'percent-encode'],
    ['DATABASE_URL', 'postgres:///x', 'names no host'],
    ['DATABASE_URL', 'postgres://app:hunter2@db/x?sslmode=on', 'its sslmode must be one of disable, prefer'],
    [
      'DATABASE_URL',
      'postgres://app:hunter2@db/x?sslrootcert=/nowhere/ca.crt',
      'its sslrootcert cannot be read (ENOENT)',
    ],
    [
      'DATABASE_URL',
      'postgres://app:hunter2@db/x?sslrootcert=package.json',
      'its sslrootcert is not the PEM file',
    ],
    ['DATABASE_URL', 'postgres://app:hunter2@db/x?sslcert=package.json', 'needs both sslcert and sslkey'],
    ['DATABASE_URL', 'postgres://app:hunter2@db/x?ssl=yes', 'its ssl must be one of true, 1, 0'],
    ['DATABASE_URL', 'postgres://app:hunter2@db/x?sslnegotiation=fast', 'its sslnegotiation must be one of'],
    ['REDIS_URL', '"redis://:hunter2@cache"', 'without quotes'],
    ['REDIS_URL', 'redis://:12/hunter2@cache:6379', 'percent-encode'],
    ['REDIS_URL', 'redis://:hunter2%@cache:6379', 'percent-encode'],
    ['REDIS_URL', 'redis://cache/name', 'the number of a database'],
    ['SMTP_URL', 'smtps://user:hunter2#@mail:465', 'percent-encode'],
    ['SMTP_URL', 'smtp://', 'names no host'],
  ])('refuses what no driver could use: %s=%s', (name, value, reason) => {
    const { faults, message } = failure({ [name]: value });
    expect(faults).toEqual([expect.stringContaining(reason)]);
    expect(faults[0]).toMatch(new RegExp(`^${name}: `));
    expect(message).not.toContain('hunter2');
  });

  it.each([
    'postgres://app:p%40ss%3Aw%2Frd@db:5432/x',
    'postgres://app:p@ss@db/x',
    'postgresql://app@[::1]:5432/x?sslmode=verify-full',
    'postgres:///x?host=/run/postgresql',
  ])('takes the URL %s', (DATABASE_URL) => {
    expect(loadConfig({ ...least, DATABASE_URL })).toMatchObject({ DATABASE_URL });
  });
});

describe('the TLS mode of a Postgres URL', () => {
  const modeOf = (mode: string) => {
    const { DATABASE_URL } = loadConfig({
      ...least,
      DATABASE_URL: `postgres://db/x?sslmode=${mode}&application_name=a`,
    });
    return new URL(DATABASE_URL).searchParams.get('sslmode');
  };

  it.each(['prefer', 'require', 'verify-ca', 'verify-full'])(
    '%s checks the certificate and the host',
    (mode) => {
      expect(modeOf(mode)).toBe('verify-full');
    },
  );

  it.each(['disable', 'no-verify'])('%s stays what it is', (mode) => {
    expect(modeOf(mode)).toBe(mode);
  });
});

function failure(env: NodeJS.ProcessEnv): ConfigInvalid {
  try {
    loadConfig({ ...least, ...env });
  } catch (error) {
    if (error instanceof ConfigInvalid) return error;
    throw error;
  }
  throw new Error('this environment was accepted');
}
