import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './folder.js';

/** Variables from `.env` (if there is one) count as if they had been set; what is set already wins. */
export function loadEnvironmentFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

export const dataDirOf = (env: NodeJS.ProcessEnv) => env.DATA_DIR || '.data';

/** True when a secret is given, directly or as `<NAME>_FILE`. */
export const hasSecret = (env: NodeJS.ProcessEnv, name: 'DATABASE_URL' | 'SECRET_KEYS') =>
  Boolean(env[name] || env[`${name}_FILE`]);

/**
 * The environment with the secrets a developer should not have to make. They are made once and kept beside the embedded
 * database, because what they sign and encrypt is in it. Production brings its own.
 */
export function withDevelopmentSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (hasSecret(env, 'SECRET_KEYS')) return env;
  try {
    return { ...env, ...developmentSecrets(dataDirOf(env)) };
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (!path) throw error;
    throw new Error(
      `The data directory cannot be used (${code ?? message}: ${path}). Start as the user that owns it, or set DATA_DIR to another one.`,
    );
  }
}

function developmentSecrets(dataDir: string): { SECRET_KEYS: string } {
  const path = join(dataDir, 'secrets.json');
  makeFolder(dataDir);
  try {
    const secrets = { SECRET_KEYS: randomBytes(32).toString('base64url') };
    writeFileSync(path, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    return secrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readSecrets(path);
  }
}

function readSecrets(path: string): { SECRET_KEYS: string } {
  try {
    const { SECRET_KEYS } = JSON.parse(readFileSync(path, 'utf8')) as { SECRET_KEYS?: unknown };
    if (typeof SECRET_KEYS === 'string') return { SECRET_KEYS };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Error(
    `${path} holds the development secrets, but cannot be understood. Put back what it was; without it stored credentials ` +
      'cannot be read. If they do not matter, delete the file.',
  );
}
