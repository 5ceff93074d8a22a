import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Config, ConfigInvalid, loadConfig } from './config.js';

const least = {
  DATABASE_URL: 'postgres://app:Kx3vQ9zL@db:5432/mainstay',
  SECRET_KEYS: randomBytes(32).toString('base64url'),
};
const production = {
  ...least,
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://api.example.com',
  SMTP_URL: 'smtps://mail.example.com',
  MAIL_FROM: 'Mainstay <no-reply@example.com>',
};

function faultsOf(env: NodeJS.ProcessEnv): string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    return (error as ConfigInvalid).faults;
  }
}

describe('the origins that may use the API', () => {
  const origins = (env: NodeJS.ProcessEnv) => loadConfig({ ...least, ...env }).ALLOWED_ORIGINS;

  it('are those of the API and of the front end, or those that are listed', () => {
    expect(origins({ PORT: '4000' })).toEqual(['http://localhost:4000']);
    const urls = { PUBLIC_URL: 'https://example.com/api', APP_URL: 'https://app.example.com/start' };
    expect(origins(urls)).toEqual(['https://example.com', 'https://app.example.com']);
    const listed =
      'https://Admin.example.com:443, http://localhost:5173/,http://[::1]:80,https://admin.example.com';
    expect(origins({ ...urls, ALLOWED_ORIGINS: listed })).toEqual([
      'https://admin.example.com',
      'http://localhost:5173',
      'http://[::1]',
    ]);
  });

  it.each([
    '*',
    'null',
    'app.example.com',
    'localhost:5173',
    '//app.example.com',
    'https://*.example.com',
    'https://app.example.com/path',
    'https://app.example.com?',
    'https://app.example.com#',
    'https://user@app.example.com',
    'ftp://app.example.com',
    'file:///',
    'https://app.example.com https://other.example',
    'https://app.example.com,*',
  ])('are never %s', (ALLOWED_ORIGINS) => {
    expect(faultsOf({ ...least, ALLOWED_ORIGINS })).toEqual([
      expect.stringMatching(/^ALLOWED_ORIGINS: must be origins/),
    ]);
  });

  it.each(['PUBLIC_URL', 'APP_URL', 'ALLOWED_ORIGINS'])(
    'demands https in %s, except on this machine',
    (name) => {
      expect(faultsOf({ ...production, [name]: 'http://app.example.com' })).toEqual([
        expect.stringContaining(`${name}: must be https in production, `),
      ]);
      expect(loadConfig({ ...production, [name]: 'http://localhost:5173' })).toBeInstanceOf(Config);
    },
  );
});
