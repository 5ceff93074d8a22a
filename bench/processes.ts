import { randomBytes } from 'node:crypto';
import { freePort } from '../tools/machine/ports.js';
import { nodeFlags } from '../tools/dev/supervisor/child.js';
import { Server } from './server.js';

/** One origin and one key for both, as both stand in answers: in links and sealed cursors. */
const publicUrl = 'https://mainstay.example';
const secretKey = randomBytes(32).toString('base64url');

/** A limit that no load here comes near. */
const unlimited = '1000000/60';

/** Only what is written here: a developer's own variables must not change what is measured. */
export function environment(databaseUrl: string, port: number) {
  return {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    DATABASE_URL: databaseUrl,
    SECRET_KEYS: secretKey,
    // Production demands them; only a worker sends.
    SMTP_URL: 'smtp://127.0.0.1:1025',
    MAIL_FROM: 'Mainstay <no-reply@mainstay.example>',
    RATE_LIMIT_DEFAULT: unlimited,
    RATE_LIMIT_ANONYMOUS: unlimited,
    SHUTDOWN_HOLD_MS: '0',
  };
}

/** The API as in production: compiled, with its log, its limits and a key for every change. */
export async function startMainstay(databaseUrl: string): Promise<Server> {
  const env = environment(databaseUrl, await freePort());
  return Server.start('Mainstay', 'apps/api/main.js', env, nodeFlags);
}

export async function startYardstick(
  databaseUrl: string,
  { createsInTransaction = false } = {},
): Promise<Server> {
  const env = environment(databaseUrl, await freePort());
  const variant = createsInTransaction && { YARDSTICK_CREATE: 'transaction' };
  return Server.start('yardstick', 'bench/yardstick.js', { ...env, ...variant });
}
