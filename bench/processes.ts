import { randomBytes } from 'node:crypto';
import { freePort } from '../tools/machine/ports.js';
import { argumentsOf, type Compiled } from '../tools/dev/supervisor/child.js';
import { Server } from './server.js';

/** Both servers have one origin and one key, because links and sealed cursors in the answers depend on them. */
const publicUrl = 'https://mainstay.example';
const secretKey = randomBytes(32).toString('base64url');

/** A limit that no load of the benchmark reaches. */
const unlimited = '1000000/60';

/** Returns a complete environment: the variables of a developer must not change the measurement. */
export function environment(databaseUrl: string, port: number) {
  return {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    DATABASE_URL: databaseUrl,
    SECRET_KEYS: secretKey,
    // Production requires these two, although only a worker sends mail.
    SMTP_URL: 'smtp://127.0.0.1:1025',
    MAIL_FROM: 'Mainstay <no-reply@mainstay.example>',
    RATE_LIMIT_DEFAULT: unlimited,
    RATE_LIMIT_ANONYMOUS: unlimited,
    SHUTDOWN_HOLD_MS: '0',
  };
}

/** Starts the API as in production, with its log and its limits, and with what `env` adds. */
export async function startMainstay(
  databaseUrl: string,
  { compiled = 'dist', env = {} }: { compiled?: Compiled; env?: NodeJS.ProcessEnv } = {},
): Promise<Server> {
  const common = environment(databaseUrl, await freePort());
  return Server.start('Mainstay', argumentsOf('api', compiled), { ...common, ...env });
}

export async function startBaseline(
  databaseUrl: string,
  { createsInTransaction = false } = {},
): Promise<Server> {
  const env = environment(databaseUrl, await freePort());
  const variant = createsInTransaction && { BASELINE_CREATE: 'transaction' };
  return Server.start('baseline', ['build/bench/baseline.js'], { ...env, ...variant });
}
