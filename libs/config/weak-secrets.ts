import { statSync } from 'node:fs';
import { isDecodable } from './server-url.js';

/** The passwords of examples, including ours. An operator who copied one uses a published password. */
const samplePasswords = new Set([
  'secret',
  'password',
  'passwd',
  'changeme',
  'example',
  'postgres',
  'redis',
  'mainstay',
  'admin',
]);

const urlNames = ['DATABASE_URL', 'REDIS_URL', 'SMTP_URL'] as const;

/**
 * Returns the secrets that have the right form but that production refuses, as `NAME: reason`. The reasons never repeat a
 * value.
 */
export function weakSecrets(values: Record<string, string>, isLocal: (host: string) => boolean): string[] {
  return [
    ...urlNames.flatMap((name) => weakPassword(name, values[name] ?? '', isLocal)),
    ...weakKeys(values),
  ];
}

function weakPassword(name: string, text: string, isLocal: (host: string) => boolean): string[] {
  const url = URL.parse(text);
  // The schema names a URL that cannot be decoded. The machine protects a server that runs on it.
  if (!url?.password || !isDecodable(url) || isLocal(url.hostname)) return [];
  const password = decodeURIComponent(url.password);
  const isSample =
    samplePasswords.has(password.toLowerCase()) || password === decodeURIComponent(url.username);
  return isSample
    ? [`${name}: has the password of an example, or the name of its user; choose a random one`]
    : [];
}

/**
 * Returns a fault for keys that a person made up: printable text, and bytes at equal distances, as examples have them (0, 1, 2 …).
 * Random bytes are all printable once in 10^13 keys, and hardly ever at equal distances.
 */
function weakKeys({ SECRET_KEYS = '' }: Record<string, string>): string[] {
  const keys = SECRET_KEYS.split(',').map((part) => Buffer.from(part.trim(), 'base64url'));
  const isText = keys.some((key) => key.length > 0 && key.every((byte) => byte >= 0x20 && byte < 0x7f));
  const isRun = keys.some((key) => key.length > 2 && hasEqualSteps(key));
  const isTwice = new Set(keys.map((key) => key.toString('hex'))).size < keys.length;
  return isText || isRun || isTwice
    ? ['SECRET_KEYS: must be random bytes, each key another; these are text, a sequence, or one key twice']
    : [];
}

function hasEqualSteps(key: Buffer): boolean {
  const steps = key.subarray(1).map((byte, index) => (byte - key[index]!) & 0xff);
  return steps.every((step) => step === steps[0]);
}

/**
 * The permission bit that lets other accounts write. Reading stays allowed, because platforms mount secrets into containers
 * with 0644.
 */
const writableByOthers = 0o002;

/** Returns whether unrelated accounts of this machine may change the file. */
export function isExposed(path: string): boolean {
  return (statSync(path).mode & writableByOthers) !== 0;
}
