import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { environment } from './environment.js';
import { sentenceOf, shown } from './sentences.js';
import { isExposed, weakSecrets } from './weak-secrets.js';

/** The variables whose default depends on others. */
type Derived = 'PUBLIC_URL' | 'APP_URL' | 'ALLOWED_ORIGINS' | 'RATE_LIMIT_AUTH';

type Environment = Required<Pick<z.output<typeof environment>, Derived>> &
  Omit<z.output<typeof environment>, Derived>;

/** The variables that a file may provide instead: `SECRET_KEYS_FILE=/run/secrets/keys`. */
export const secretNames = [
  'DATABASE_URL',
  'OIDC_PROVIDERS',
  'REDIS_URL',
  'SECRET_KEYS',
  'SMTP_URL',
] as const;

const isSecret = (name: string) => (secretNames as readonly string[]).includes(name);

/** The variables that a production installation must set. In development they have a default or the launcher sets them. */
const neededInProduction = ['PUBLIC_URL', 'SMTP_URL', 'MAIL_FROM'] as const;

/** The error of an invalid environment. Its message names every wrong variable, so that one start is enough to fix them all. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
  constructor(readonly faults: string[]) {
    super(
      `The configuration is wrong. Fix these variables and start again:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
  }
}

/** The validated environment. The class is injectable as it is, so the type of a constructor parameter shows what it reads. */
// eslint-disable-next-line typescript/no-unsafe-declaration-merging -- the class exists to be Nest's token for the interface
export class Config {
  constructor(values: Environment) {
    Object.assign(this, values);
  }
}
export interface Config extends Environment {}

/** Reads and checks the environment. Throws {@link ConfigInvalid}, which names every wrong variable. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const faults: string[] = [];
  const values = withSecretFiles(withoutBlanks(env), faults);
  const parsed = environment.safeParse(values, { error: sentenceOf });
  faults.push(...faultsOf(parsed.error, values));
  faults.push(...exposureFaults(values), ...passkeyFaults(values), ...plainIssuerFaults(parsed.data));
  if (faults.length > 0 || !parsed.data) throw new ConfigInvalid([...new Set(faults)]);
  const publicUrl = parsed.data.PUBLIC_URL ?? `http://localhost:${parsed.data.PORT}`;
  const appUrl = parsed.data.APP_URL ?? publicUrl;
  const ownOrigins = [publicUrl, appUrl].map((url) => new URL(url).origin);
  return new Config({
    ...parsed.data,
    PUBLIC_URL: publicUrl,
    APP_URL: appUrl,
    ALLOWED_ORIGINS: parsed.data.ALLOWED_ORIGINS ?? [...new Set(ownOrigins)],
    RATE_LIMIT_AUTH: parsed.data.RATE_LIMIT_AUTH ?? lessThan(parsed.data.RATE_LIMIT_ANONYMOUS),
  });
}

/**
 * Reads and checks one secret alone, for commands that run without the other secrets: a migration gets no keys. Throws
 * {@link ConfigInvalid}.
 */
export function loadSecret<Name extends (typeof secretNames)[number]>(
  env: NodeJS.ProcessEnv,
  name: Name,
): z.output<(typeof environment.shape)[Name]> {
  const faults: string[] = [];
  const own = Object.fromEntries(['NODE_ENV', name, `${name}_FILE`].map((key) => [key, env[key]]));
  const values = withSecretFiles(withoutBlanks(own), faults);
  const parsed = z.object({ [name]: environment.shape[name] }).safeParse(values, { error: sentenceOf });
  faults.push(...faultsOf(parsed.error, values));
  if (values.NODE_ENV === 'production') faults.push(...weakSecrets(values, (host) => loopback.test(host)));
  if (faults.length > 0 || !parsed.data) throw new ConfigInvalid(faults);
  return parsed.data[name] as z.output<(typeof environment.shape)[Name]>;
}

function faultsOf(error: z.ZodError | undefined, values: Record<string, string>): string[] {
  return (error?.issues ?? []).map(({ path, message }) => {
    const [name = '', ...inside] = path.map(String);
    const place = [name, ...inside.map((step) => `[${step}]`)].join('');
    if (!(name in values)) return `${name}: is missing`;
    return `${place}: ${message}${isSecret(name) ? '' : shown(values[name]!)}`;
  });
}

/** Returns the share of an address's quota that may be attempts to sign in: 30 of 100 requests. */
const lessThan = ({ limit, seconds }: { limit: number; seconds: number }) => ({
  limit: Math.max(1, Math.floor(limit * 0.3)),
  seconds,
});

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/;

/** Returns the faults that matter once other people than its developer can reach the process. */
function exposureFaults(values: Record<string, string>): string[] {
  if (values.NODE_ENV !== 'production') {
    // Development shows every mail to every caller, so a forgotten variable must not lead there.
    const isOpen = values.NODE_ENV === undefined && !loopback.test(values.HOST ?? 'localhost');
    return isOpen ? ['NODE_ENV: must be set when HOST can be reached from other machines'] : [];
  }
  const missing = neededInProduction.filter((name) => !(name in values));
  const plain = Object.entries(whyHttps).filter(([name]) => (values[name] ?? '').split(',').some(isPlain));
  return [
    ...weakSecrets(values, (host) => loopback.test(host)),
    ...missing.map((name) => `${name}: production needs it`),
    ...plain.map(([name, why]) => `${name}: must be https in production, ${why}`),
  ];
}

/** What goes wrong when people on other machines use these addresses without TLS. */
const whyHttps = {
  PUBLIC_URL: 'or browsers refuse the session cookie',
  APP_URL: 'or the tokens of mailed links travel unprotected',
  ALLOWED_ORIGINS: 'or whoever is on the way changes the pages that act for your users',
};

function isPlain(text: string): boolean {
  const url = URL.parse(text.trim());
  return url?.protocol === 'http:' && !loopback.test(url.hostname);
}

/**
 * Returns a fault when browsers would refuse passkeys: the page must be on the domain of the passkeys. Browsers report it
 * only when a user tries.
 */
function passkeyFaults({ PASSKEY_DOMAIN: domain, APP_URL, PUBLIC_URL }: Record<string, string>): string[] {
  const host = URL.parse(APP_URL ?? PUBLIC_URL ?? 'http://localhost')?.hostname ?? domain;
  const fits = domain === undefined || `.${host}`.endsWith(`.${domain}`);
  return fits ? [] : ['PASSKEY_DOMAIN: must be the host of APP_URL or a domain above it'];
}

/**
 * Returns a fault for each issuer with plain http in production: an attacker on the network path could pose as the provider,
 * and so as every user.
 */
function plainIssuerFaults(values: z.output<typeof environment> | undefined): string[] {
  if (values?.NODE_ENV !== 'production') return [];
  return values.OIDC_PROVIDERS.flatMap(({ issuer }, index) =>
    issuer.startsWith('https:') ? [] : [`OIDC_PROVIDERS[${index}][issuer]: must be https in production`],
  );
}

/** Removes empty variables: `FOO=` in a compose file or a shell means "not set". */
function withoutBlanks(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  ) as Record<string, string>;
}

function withSecretFiles(env: Record<string, string>, faults: string[]): Record<string, string> {
  const values = { ...env };
  for (const name of secretNames) {
    const path = env[`${name}_FILE`];
    if (path === undefined) continue;
    if (name in env) faults.push(`${name}: is set twice, here and by ${name}_FILE; keep one`);
    try {
      values[name] = readFileSync(path, 'utf8').trim();
      if (env.NODE_ENV === 'production' && isExposed(path))
        faults.push(`${name}_FILE: can be changed by every account of this machine; chmod 600 it`);
    } catch (error) {
      faults.push(`${name}_FILE: cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  return values;
}
