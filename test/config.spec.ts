import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigService } from '@nestjs/config';
import { Config, ConfigInvalid, environment, loadConfig, secretNames } from '#libs/config';
import { createApi } from '../apps/api/api.js';
import { createWorker } from '../apps/worker/worker.js';

const key = () => randomBytes(32).toString('base64url');
const least = { DATABASE_URL: 'postgres://app:secret@db:5432/mainstay', SECRET_KEYS: key() };

const acme = {
  name: 'acme',
  issuer: 'https://login.acme.example',
  client_id: 'mainstay',
  client_secret: 'a secret of the provider',
};

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mainstay-config-'));
});
afterAll(() => rm(dir, { recursive: true }));

describe('.env.example', () => {
  it('documents every variable and every file of a secret, and nothing else', async () => {
    const text = await readFile('.env.example', 'utf8');
    const documented = [...text.matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name);
    const read = [...Object.keys(environment.shape), ...secretNames.map((name) => `${name}_FILE`)];
    expect(new Set(documented)).toEqual(new Set(read));
    expect(documented).toHaveLength(read.length);
  });

  it('gives the defaults that hold without it', async () => {
    const given = parseEnv(await readFile('.env.example', 'utf8'));
    expect(loadConfig({ ...given, ...least })).toEqual(loadConfig(least));
  });
});

describe('a wrong environment', () => {
  it('is told in one message that names every bad variable', () => {
    const bad = {
      NODE_ENV: 'prod',
      PORT: '70000',
      WORKER_PORT: 'abc',
      DATABASE_URL: 'mysql://db/mainstay',
      REDIS_URL: 'http://cache',
      RATE_LIMIT_DEFAULT: '600',
      TRUSTED_PROXIES: '10.0.0.0/33',
      ALLOWED_HOSTS: 'https://api.example.com',
      ALLOWED_ORIGINS: '*',
      SECRET_KEYS: 'short',
      SHUTDOWN_DRAIN_MS: '-1',
    };
    const error = failure(bad);
    for (const name of Object.keys(bad)) expect(error.message).toContain(`  - ${name}: `);
    expect(error.faults).toHaveLength(Object.keys(bad).length);
  });

  it.each(['x', '3.5', '-1', '65536', 'NaN', '0x', '0x50', '1e3', ' 80', '80 ', '+80'])(
    'says what a port may be instead of %s',
    (PORT) => {
      expect(failure({ ...least, PORT }).faults).toEqual([
        `PORT: must be a whole number from 0 to 65535, got "${PORT}"`,
      ]);
    },
  );

  it('names what is missing, and takes an empty value for a missing one', () => {
    expect(failure({ DATABASE_URL: '' }).faults).toEqual([
      'DATABASE_URL: is missing',
      'SECRET_KEYS: is missing',
    ]);
  });

  it('says that passkeys would not work on the domain of the front end', () => {
    const front = { ...least, PUBLIC_URL: 'https://api.example.com', APP_URL: 'https://app.example.com' };
    for (const domain of ['api.example.com', 'ample.com', 'www.app.example.com'])
      expect(failure({ ...front, PASSKEY_DOMAIN: domain }).faults).toEqual([
        'PASSKEY_DOMAIN: must be the host of APP_URL or a domain above it',
      ]);
    for (const domain of ['app.example.com', 'example.com'])
      expect(loadConfig({ ...front, PASSKEY_DOMAIN: domain })).toMatchObject({ PASSKEY_DOMAIN: domain });
  });

  it('never repeats the value of a secret', () => {
    const { message } = failure({
      DATABASE_URL: 'mysql://app:hunter2@db/x',
      SECRET_KEYS: 'hunter2',
      SMTP_URL: 'hunter2',
    });
    expect(message).not.toContain('hunter2');
  });

  it('names the field of a provider, and not what it holds', () => {
    const key = { kty: 'EC', alg: 'ES256', d: 'hunter2' };
    const cases: [unknown, string][] = [
      ['{', 'OIDC_PROVIDERS: must be a JSON array'],
      [[{ ...acme, name: 'Hunter2' }], 'OIDC_PROVIDERS[0][name]: must be lower-case words'],
      [[acme, { ...acme, name: 'other', issuer: 'hunter2' }], 'OIDC_PROVIDERS[1][issuer]: '],
      [[{ ...acme, hunter: 2 }], 'OIDC_PROVIDERS[0]: '],
      [[{ ...acme, client_secret: 'hunter2' }], 'OIDC_PROVIDERS[0][client_secret]: '],
      [[{ ...acme, private_key: key }], 'OIDC_PROVIDERS[0]: must have either client_secret or private_key'],
      [
        [{ ...acme, client_secret: undefined, private_key: { ...key, alg: 'HS256' } }],
        'OIDC_PROVIDERS[0][private_key][alg]: ',
      ],
      [[{ ...acme, scopes: ['email'] }], 'OIDC_PROVIDERS[0][scopes]: must include openid'],
      [
        [acme, { ...acme, issuer: 'https://other.example' }],
        'OIDC_PROVIDERS: must not have the same name twice',
      ],
      [[acme, { ...acme, name: 'other' }], 'OIDC_PROVIDERS: must not have the same issuer twice'],
    ];
    for (const [given, fault] of cases) {
      const text = typeof given === 'string' ? given : JSON.stringify(given);
      const { faults, message } = failure({ ...least, OIDC_PROVIDERS: text });
      expect(faults).toEqual([expect.stringContaining(fault)]);
      expect(message).not.toContain('hunter2');
    }
  });

  it('refuses keys that are not random enough', () => {
    expect(failure({ ...least, SECRET_KEYS: Buffer.alloc(32, 'a').toString('base64url') }).faults[0]).toMatch(
      /^SECRET_KEYS: /,
    );
    expect(
      failure({ ...least, SECRET_KEYS: `${key()},${randomBytes(16).toString('base64url')}` }).faults[0],
    ).toMatch(/^SECRET_KEYS: /);
  });
});

describe('a secret in a file', () => {
  it.each(secretNames)('is read for %s, without the line end', async (name) => {
    const values = {
      ...least,
      REDIS_URL: 'redis://cache:6379',
      SMTP_URL: 'smtp://mail:25',
      OIDC_PROVIDERS: JSON.stringify([acme]),
    };
    const path = join(dir, name);
    await writeFile(path, `${values[name]}\n`);
    const fromFile = loadConfig({ ...values, [name]: undefined, [`${name}_FILE`]: path });
    expect(fromFile).toEqual(loadConfig(values));
  });

  it('is refused beside the variable itself', async () => {
    const path = join(dir, 'twice');
    await writeFile(path, least.SECRET_KEYS);
    expect(failure({ ...least, SECRET_KEYS_FILE: path }).faults).toEqual([
      expect.stringMatching(/^SECRET_KEYS: is set twice/),
    ]);
  });

  it('says why it cannot be read', () => {
    const { faults } = failure({ DATABASE_URL: least.DATABASE_URL, SECRET_KEYS_FILE: join(dir, 'nowhere') });
    expect(faults).toContain('SECRET_KEYS_FILE: cannot be read (ENOENT)');
  });
});

describe.each([
  ['API', createApi],
  ['worker', createWorker],
])('inside the %s', (_, create) => {
  const secret = key();
  let app: Awaited<ReturnType<typeof create>>;
  let config: Config;
  let service: ConfigService;
  beforeAll(async () => {
    const path = join(dir, 'keys');
    await writeFile(path, secret);
    const { DATABASE_URL } = least;
    const given = { NODE_ENV: 'test', LOG_LEVEL: 'silent', SHUTDOWN_HOLD_MS: '0', DATABASE_URL };
    app = await create(loadConfig({ ...given, SECRET_KEYS_FILE: path }));
    config = app.get(Config);
    service = app.get(ConfigService);
  });
  afterAll(() => app.close());

  it('Config and ConfigService say the same', () => {
    for (const name of Object.keys(config))
      expect(service.get(`environment.${name}`)).toBe(config[name as keyof Config]);
    expect(Object.keys(config)).toEqual(expect.arrayContaining(['PORT', 'PUBLIC_URL', 'SECRET_KEYS']));
  });

  it('Config has a secret that came from a file, and process.env has not', () => {
    expect(config.SECRET_KEYS).toEqual([Buffer.from(secret, 'base64url')]);
    expect(process.env).not.toHaveProperty('SECRET_KEYS');
    expect(JSON.stringify(process.env)).not.toContain(secret);
  });

  it('ConfigService does not look into process.env', () => {
    expect(service.get('SECRET_KEYS')).toBeUndefined();
    expect(service.get('PATH')).toBeUndefined();
  });
});

describe('production', () => {
  const complete = {
    ...least,
    DATABASE_URL: 'postgres://app:Kx3vQ9zL@db:5432/mainstay',
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://api.example.com/',
    SMTP_URL: 'smtps://mail.example.com',
    MAIL_FROM: 'Mainstay <no-reply@example.com>',
  };

  it('needs what development makes up', () => {
    const named = failure({ NODE_ENV: 'production' }).faults.map((fault) => fault.split(':')[0]);
    expect(new Set(named)).toEqual(
      new Set(['DATABASE_URL', 'SECRET_KEYS', 'PUBLIC_URL', 'SMTP_URL', 'MAIL_FROM']),
    );
  });

  it('trusts no provider over plain http', () => {
    const plain = JSON.stringify([acme, { ...acme, name: 'plain', issuer: 'http://localhost:9000' }]);
    expect(failure({ ...complete, OIDC_PROVIDERS: plain }).faults).toEqual([
      'OIDC_PROVIDERS[1][issuer]: must be https in production',
    ]);
    expect(loadConfig({ ...least, OIDC_PROVIDERS: plain }).OIDC_PROVIDERS).toHaveLength(2);
  });

  it('starts with it', () => {
    expect(loadConfig(complete)).toMatchObject({
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://api.example.com',
    });
  });
});

describe('a weak secret', () => {
  const production = {
    ...least,
    DATABASE_URL: 'postgres://app:Kx3vQ9zL@db:5432/mainstay',
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://api.example.com',
    SMTP_URL: 'smtps://mail.example.com',
    MAIL_FROM: 'Mainstay <no-reply@example.com>',
  };
  const text = Buffer.from('Sphinx of black quartz, judge my vow').toString('base64url');
  const one = key();

  it.each([
    ['DATABASE_URL', 'postgres://mainstay:secret@db.internal:5432/mainstay'],
    ['DATABASE_URL', 'postgres://app:app@db:5432/mainstay'],
    ['DATABASE_URL', 'postgres://app:Pass%77ord@db:5432/mainstay'],
    ['REDIS_URL', 'redis://:changeme@cache:6379'],
    ['SMTP_URL', 'smtps://user:secret@smtp.internal:465'],
    ['SECRET_KEYS', text],
    ['SECRET_KEYS', `${key()},${text}`],
    ['SECRET_KEYS', `${one},${one}`],
    ['SECRET_KEYS', Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64url')],
    [
      'SECRET_KEYS',
      Buffer.from(Array.from({ length: 40 }, (_, index) => (250 + 7 * index) % 256)).toString('base64url'),
    ],
  ])('is refused in production: %s=%s', (name, value) => {
    const { faults, message } = failure({ ...production, [name]: value });
    expect(faults).toEqual([expect.stringMatching(new RegExp(`^${name}: `))]);
    expect(message).not.toContain(value);
    loadConfig({ ...production, [name]: value, NODE_ENV: 'development' });
  });

  it('may guard a server on the same machine', () => {
    const DATABASE_URL = 'postgres://app:secret@127.0.0.1:5432/mainstay';
    expect(loadConfig({ ...production, DATABASE_URL })).toMatchObject({ DATABASE_URL });
  });

  it.each([0o602, 0o646, 0o666])('is one in a file that everybody may write (mode %i)', async (mode) => {
    const path = join(dir, `exposed-${mode}`);
    await writeFile(path, key());
    await chmod(path, mode);
    const { SECRET_KEYS: _, ...others } = production;
    const given = { ...others, SECRET_KEYS_FILE: path };
    expect(failure(given).faults).toEqual([expect.stringMatching(/^SECRET_KEYS_FILE: can be changed/)]);
    await chmod(path, 0o644);
    loadConfig(given);
  });
});

function failure(env: NodeJS.ProcessEnv): ConfigInvalid {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error;
    throw error;
  }
  throw new Error('this environment was accepted');
}
