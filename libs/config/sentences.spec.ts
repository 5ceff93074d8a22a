import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { ConfigInvalid, loadConfig, secretNames } from './config.js';
import { environment } from './environment.js';

const least = {
  DATABASE_URL: 'postgres://app:secret@db:5432/mainstay',
  SECRET_KEYS: randomBytes(32).toString('base64url'),
};

const acme = {
  name: 'acme',
  issuer: 'https://login.acme.example',
  client_id: 'mainstay',
  client_secret: 'a secret of the provider',
};

const noNumbers = ['abc', '-1', '1.5', '1e3', '0x10', '999999999', '99999999999999999999'];
const noUrls = ['api.example.com', 'ftp://api.example.com', 'localhost:3000', '/api', 'http://'];
const noQuotas = ['600', '600/', '/60', '0/60', '600/60/1', 'many'];
const oidc = (fields: object) => JSON.stringify([{ ...acme, ...fields }]);

/** Values that each variable refuses. */
const broken: Record<string, string[]> = {
  NODE_ENV: ['prod', 'Production'],
  HOST: ['http://localhost', 'local host', 'a_b', '127.0.0.1:3000'],
  PORT: noNumbers,
  WORKER_PORT: noNumbers,
  METRICS_PORT: noNumbers,
  WORKER_METRICS_PORT: noNumbers,
  PUBLIC_URL: noUrls,
  APP_URL: noUrls,
  PASSKEY_DOMAIN: ['https://example.com', 'exam ple', '-x'],
  DATABASE_URL: ['mysql://db/mainstay', 'db', '"postgres://u:p@db/x"'],
  DATABASE_POOL_MAX: [...noNumbers, '0'],
  REDIS_URL: ['http://kv', 'kv:6379', 'redis://cache/first'],
  SECRET_KEYS: ['short', 'a'.repeat(64), ','],
  SMTP_URL: ['post.example.org', 'http://post.example.org'],
  MAIL_FROM: ['Mainstay', 'Mainstay <no-reply>', 'a@b, c@d\n', '@'],
  LOG_LEVEL: ['loud', 'INFO', '30'],
  OIDC_PROVIDERS: [
    'google',
    '{}',
    '["acme"]',
    '[{}]'.replace('{}', JSON.stringify({ ...acme, issuer: undefined })),
    oidc({ issuer: 'acme' }),
    oidc({ name: 'Acme Inc.' }),
    oidc({ label: '' }),
    oidc({ client_id: 7 }),
    oidc({ client_secret: 'short' }),
    oidc({ scopes: 'openid' }),
    oidc({ trust_email: 'yes' }),
    oidc({ id_token_alg: 'HS256' }),
    oidc({ secret: 'x' }),
  ],
  OTEL_EXPORTER_OTLP_ENDPOINT: noUrls,
  TRACE_URL: [...noUrls, 'https://traces.example.com', 'javascript:alert("{trace_id}")'],
  PRICES_FILE: ['no-such-file.json', 'package.json/x'],
  MAX_CONCURRENT_REQUESTS: [...noNumbers, '0'],
  TRUSTED_PROXIES: ['10.0.0.0/33', 'proxy', '::1/129'],
  ALLOWED_ORIGINS: ['app.example.com', 'https://app.example.com/shop', 'https://*.example.com', 'null'],
  API_DOCS: ['yes', 'ON'],
  ALLOWED_HOSTS: ['https://api.example.com', 'api.example.com:80'],
  RATE_LIMIT_DEFAULT: noQuotas,
  RATE_LIMIT_ANONYMOUS: noQuotas,
  RATE_LIMIT_AUTH: noQuotas,
  ARGON2_MEMORY_KIB: [...noNumbers, '19455'],
  ARGON2_PASSES: [...noNumbers, '1'],
  WORKER_CONCURRENCY: [...noNumbers, '0'],
  JOB_LOCK_MS: [...noNumbers, '2999'],
  SHUTDOWN_HOLD_MS: noNumbers,
  SHUTDOWN_DRAIN_MS: [...noNumbers, '999'],
};
const isSecret = (name: string) => (secretNames as readonly string[]).includes(name);

it.each(Object.entries(broken))(
  'a wrong %s is told in a sentence, with its value unless that is a secret',
  (name, values) => {
    for (const value of values) {
      const { faults } = failure({ ...least, [name]: value });
      const fault = faults.find((one) => one.startsWith(name))!;
      expect(fault).toMatch(new RegExp(`^${name}(\\[\\w+\\])*: (must|has|names|cannot|is|its) `));
      expect(fault).not.toMatch(/invalid|expected|received|undefined|NaN|regex|pattern|>=|<=/i);
      expect([fault, fault.endsWith(`, got ${JSON.stringify(value)}`)]).toEqual([fault, !isSecret(name)]);
      expect(isSecret(name) && value.length > 3 && fault.includes(value)).toBe(false);
    }
  },
);

it('a password in an address of another variable is not repeated', () => {
  const { message } = failure({ ...least, PUBLIC_URL: 'ftp://me:hush@api.example.com' });
  expect(message).toContain('PUBLIC_URL: must be');
  expect(message).not.toContain('hush');
});

it('every variable that can be wrong has a broken value here', () => {
  const free = ['DATA_DIR'];
  expect(new Set([...Object.keys(broken), ...free])).toEqual(new Set(Object.keys(environment.shape)));
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
