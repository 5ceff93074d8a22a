import { isIP } from 'node:net';
import { z } from 'zod';
import { oidcProviders } from './oidc-providers.js';
import { pricesFile } from './prices.js';
import { postgresUrl, redisUrl, smtpUrl } from './server-url.js';
import { httpUrl, traceUrl, webUrl } from './web-urls.js';

/** Returns the schema of a whole number between two bounds. Environment variables are text. */
const whole = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, { error })
    .transform(Number)
    .refine((number) => number >= min && number <= max, { error });
};

const quota = z
  .string()
  .regex(/^[1-9]\d{0,6}\/[1-9]\d{0,4}$/, 'must be <quota>/<seconds>, for example 600/60')
  .transform((text) => {
    const [limit, seconds] = text.split('/').map(Number) as [number, number];
    return { limit, seconds };
  });

function isCidr(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

const cidrs = list.refine(
  (parts) => parts.every(isCidr),
  'must be addresses or CIDRs, for example 10.0.0.0/8,192.168.1.7',
);

/** Host names and addresses, without a port, as they stand in Host: an IPv6 address has brackets. */
const hosts = list
  .transform((parts) => parts.map((part) => part.toLowerCase()))
  .refine(
    (parts) => parts.every((part) => URL.parse(`http://${part}`)?.host === part),
    'must be host names without a port, for example api.example.com,[2001:db8::1]',
  );

/** Returns the origin as browsers send it, or undefined when the text is not exactly one origin. */
function originOf(text: string): string | undefined {
  const url = URL.parse(text);
  const isOrigin = url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  return isOrigin && !url.hostname.includes('*') ? url.origin : undefined;
}

const origins = list
  .transform((parts) => parts.map(originOf))
  .refine(
    (parts) => !parts.includes(undefined),
    'must be origins without a path or a wildcard, for example https://app.example.com,http://localhost:5173',
  )
  .transform((parts) => [...new Set(parts as string[])]);

const listenAddress = z.string().refine((text) => isIP(text) !== 0 || z.hostname().safeParse(text).success, {
  error: 'must be an address or a host name of this machine, for example 0.0.0.0',
});

/** An address, alone or after a name. Mail servers check the rest. */
const sender = z.string().regex(/^[^\r\n<>]*<[^\s<>@]+@[^\s<>@]+>$|^[^\s<>@]+@[^\s<>@]+$/, {
  error: 'must be an address, alone or as Name <address>, for example Mainstay <no-reply@example.com>',
});

/** The root keys, newest first. The first signs and encrypts; all verify and decrypt. 32 bytes is the key size of AES-256. */
const secretKeys = z
  .string()
  .transform((text) => text.split(',').map((part) => Buffer.from(part.trim(), 'base64url')))
  .refine((keys) => keys.length > 0 && keys.every((key) => key.length >= 32 && new Set(key).size >= 16), {
    message:
      'must be one or more random keys of at least 32 bytes in base64url, comma separated, newest first (make one with: openssl rand -base64 32 | tr +/ -_)',
  });

/** The levels of pino, those with the fewest lines first, and what logs nothing. */
export const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevelName = (typeof logLevels)[number];

/** Every variable that Mainstay reads. `.env.example` documents each of them, and a test compares the two. */
export const environment = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  HOST: listenAddress.default('127.0.0.1'),
  PORT: whole(0, 65_535).default(3000),
  WORKER_PORT: whole(0, 65_535).default(3001),
  PUBLIC_URL: webUrl.optional(),
  APP_URL: webUrl.optional(),
  PASSKEY_DOMAIN: z.hostname({ error: 'must be a domain, for example example.com' }).optional(),
  DATA_DIR: z.string().default('.data'),
  DATABASE_URL: postgresUrl,
  DATABASE_POOL_MAX: whole(1, 500).default(10),
  REDIS_URL: redisUrl.optional(),
  SECRET_KEYS: secretKeys,
  SMTP_URL: smtpUrl.optional(),
  MAIL_FROM: sender.default('Mainstay <no-reply@localhost>'),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  METRICS_PORT: whole(0, 65_535).optional(),
  WORKER_METRICS_PORT: whole(0, 65_535).optional(),
  PRICES_FILE: pricesFile,
  OIDC_PROVIDERS: oidcProviders,
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  TRACE_URL: traceUrl.optional(),
  API_DOCS: z.enum(['on', 'off']).default('on'),
  MAX_CONCURRENT_REQUESTS: whole(1, 100_000).default(500),
  TRUSTED_PROXIES: cidrs.prefault(''),
  ALLOWED_HOSTS: hosts.prefault(''),
  ALLOWED_ORIGINS: origins.optional(),
  RATE_LIMIT_DEFAULT: quota.prefault('600/60'),
  RATE_LIMIT_ANONYMOUS: quota.prefault('100/60'),
  RATE_LIMIT_AUTH: quota.optional(),
  ARGON2_MEMORY_KIB: whole(19_456, 1_048_576).default(65_536),
  ARGON2_PASSES: whole(2, 10).default(3),
  WORKER_CONCURRENCY: whole(1, 200).default(32),
  JOB_LOCK_MS: whole(3000, 300_000).default(10_000),
  SHUTDOWN_HOLD_MS: whole(0, 60_000).default(1000),
  SHUTDOWN_DRAIN_MS: whole(1000, 120_000).default(20_000),
});
