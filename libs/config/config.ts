import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { oidcProviders } from './oidc-providers.js';
import { isExposed, weakSecrets } from './weak-secrets.js';

/** A whole number between two bounds; environment variables are text. */
const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

const postgresUrl = z
  .string()
  .regex(
    /^postgres(ql)?:\/\/\S+$/,
    'must be a postgres:// URL, for example postgres://app:secret@db:5432/mainstay',
  );

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

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  );

const cidrs = list.refine(
  (parts) => parts.every(isCidr),
  'must be addresses or CIDRs, for example 10.0.0.0/8,192.168.1.7',
);

/** Without a slash at the end, as paths are appended to it. */
const webUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

/** Root keys, newest first: the first signs and encrypts, all verify and decrypt. 32 bytes is the AES-256 key size. */
const secretKeys = z
  .string()
  .transform((text) => text.split(',').map((part) => Buffer.from(part.trim(), 'base64url')))
  .refine((keys) => keys.length > 0 && keys.every((key) => key.length >= 32 && new Set(key).size >= 16), {
    message:
      'must be one or more random keys of at least 32 bytes in base64url, comma separated, newest first (make one with: openssl rand -base64 32 | tr +/ -_)',
  });

/** Every variable Mainstay reads. `.env.example` documents each of them, and a test compares the two. */
export const environment = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: whole(0, 65_535).default(3000),
  WORKER_PORT: whole(0, 65_535).default(3001),
  PUBLIC_URL: webUrl.optional(),
  APP_URL: webUrl.optional(),
  PASSKEY_DOMAIN: z.hostname().optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  DATABASE_URL: postgresUrl,
  DATABASE_POOL_MAX: whole(1, 500).default(10),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  SECRET_KEYS: secretKeys,
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().min(3).default('Mainstay <no-reply@localhost>'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  OIDC_PROVIDERS: oidcProviders,
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  MAX_CONCURRENT_REQUESTS: whole(1, 100_000).default(500),
  TRUSTED_PROXIES: cidrs,
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

/** Variables whose default comes from others. */
type Derived = 'PUBLIC_URL' | 'APP_URL' | 'RATE_LIMIT_AUTH';

type Environment = Required<Pick<z.output<typeof environment>, Derived>> &
  Omit<z.output<typeof environment>, Derived>;

/** Variables that may also be given as a file: `SECRET_KEYS_FILE=/run/secrets/keys`. */
export const secretNames = [
  'DATABASE_URL',
  'OIDC_PROVIDERS',
  'REDIS_URL',
  'SECRET_KEYS',
  'SMTP_URL',
] as const;

/** What a production installation must say for itself; development has a default or the launcher makes one. */
const neededInProduction = ['PUBLIC_URL', 'SMTP_URL', 'MAIL_FROM'] as const;

/** The message names every variable that is wrong, so that one start is enough to mend them all. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
  constructor(readonly faults: string[]) {
    super(
      `The configuration is wrong. Mend these variables and start again:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
  }
}

/** The validated environment; injectable as it is, so a constructor says what it reads by its type. */
// eslint-disable-next-line typescript/no-unsafe-declaration-merging -- the class exists to be Nest's token for the interface
export class Config {
  constructor(values: Environment) {
    Object.assign(this, values);
  }
}
export interface Config extends Environment {}

/** Reads and checks the environment. Throws {@link ConfigInvalid} naming everything that is wrong. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const faults: string[] = [];
  const given = withSecretFiles(withoutBlanks(env), faults);
  const parsed = environment.safeParse(given);
  faults.push(...faultsOf(parsed.error, given));
  faults.push(...exposureFaults(given), ...passkeyFaults(given), ...plainIssuerFaults(parsed.data));
  if (faults.length > 0 || !parsed.data) throw new ConfigInvalid([...new Set(faults)]);
  const publicUrl = parsed.data.PUBLIC_URL ?? `http://localhost:${parsed.data.PORT}`;
  return new Config({
    ...parsed.data,
    PUBLIC_URL: publicUrl,
    APP_URL: parsed.data.APP_URL ?? publicUrl,
    RATE_LIMIT_AUTH: parsed.data.RATE_LIMIT_AUTH ?? lessThan(parsed.data.RATE_LIMIT_ANONYMOUS),
  });
}

/**
 * Reads and checks one secret alone, for commands that run where the others are not: a migration gets no keys. Throws
 * {@link ConfigInvalid}.
 */
export function loadSecret<Name extends (typeof secretNames)[number]>(
  env: NodeJS.ProcessEnv,
  name: Name,
): z.output<(typeof environment.shape)[Name]> {
  const faults: string[] = [];
  const own = Object.fromEntries(['NODE_ENV', name, `${name}_FILE`].map((key) => [key, env[key]]));
  const given = withSecretFiles(withoutBlanks(own), faults);
  const parsed = z.object({ [name]: environment.shape[name] }).safeParse(given);
  faults.push(...faultsOf(parsed.error, given));
  if (given.NODE_ENV === 'production') faults.push(...weakSecrets(given, (host) => loopback.test(host)));
  if (faults.length > 0 || !parsed.data) throw new ConfigInvalid(faults);
  return parsed.data[name] as z.output<(typeof environment.shape)[Name]>;
}

function faultsOf(error: z.ZodError | undefined, given: Record<string, string>): string[] {
  return (error?.issues ?? []).map(({ path, message }) => {
    const [name = '', ...inside] = path.map(String);
    const place = [name, ...inside.map((step) => `[${step}]`)].join('');
    return name in given ? `${place}: ${message}` : `${name}: is missing`;
  });
}

/** Of what an address may ask in all, the share that may be attempts to sign in: 30 of 100. */
const lessThan = ({ limit, seconds }: { limit: number; seconds: number }) => ({
  limit: Math.max(1, Math.floor(limit * 0.3)),
  seconds,
});

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/;

/** What must be said by a process that others than its developer can reach. */
function exposureFaults(given: Record<string, string>): string[] {
  if (given.NODE_ENV !== 'production') {
    // Development shows every mail to everybody; nobody may get there by forgetting a variable.
    const isOpen = given.NODE_ENV === undefined && !loopback.test(given.HOST ?? 'localhost');
    return isOpen ? ['NODE_ENV: must be given when HOST can be reached from other machines'] : [];
  }
  const missing = neededInProduction.filter((name) => !(name in given));
  const { protocol, hostname } = URL.parse(given.PUBLIC_URL ?? '') ?? { protocol: 'https:', hostname: '' };
  const isPlain = protocol === 'http:' && !loopback.test(hostname);
  return [
    ...weakSecrets(given, (host) => loopback.test(host)),
    ...missing.map((name) => `${name}: production needs it`),
    ...(isPlain ? ['PUBLIC_URL: must be https in production, or browsers refuse the session cookie'] : []),
  ];
}

/** Browsers make no passkey for a domain that the page is not on, and say so only when somebody tries. */
function passkeyFaults({ PASSKEY_DOMAIN: domain, APP_URL, PUBLIC_URL }: Record<string, string>): string[] {
  const host = URL.parse(APP_URL ?? PUBLIC_URL ?? 'http://localhost')?.hostname ?? domain;
  const fits = domain === undefined || `.${host}`.endsWith(`.${domain}`);
  return fits ? [] : ['PASSKEY_DOMAIN: must be the host of APP_URL or a domain above it'];
}

/** Over plain http anybody on the way could be the provider, and so every user. */
function plainIssuerFaults(values: z.output<typeof environment> | undefined): string[] {
  if (values?.NODE_ENV !== 'production') return [];
  return values.OIDC_PROVIDERS.flatMap(({ issuer }, index) =>
    issuer.startsWith('https:') ? [] : [`OIDC_PROVIDERS[${index}][issuer]: must be https in production`],
  );
}

/** `FOO=` in a compose file or a shell means "not set". */
function withoutBlanks(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  ) as Record<string, string>;
}

function withSecretFiles(env: Record<string, string>, faults: string[]): Record<string, string> {
  const given = { ...env };
  for (const name of secretNames) {
    const path = env[`${name}_FILE`];
    if (path === undefined) continue;
    if (name in env) faults.push(`${name}: is set twice, here and by ${name}_FILE; keep one`);
    try {
      given[name] = readFileSync(path, 'utf8').trim();
      if (env.NODE_ENV === 'production' && isExposed(path))
        faults.push(`${name}_FILE: can be changed by everybody on this machine; chmod 600 it`);
    } catch (error) {
      faults.push(`${name}_FILE: cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  return given;
}
