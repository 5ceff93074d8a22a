import { statSync } from 'node:fs';

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
  // The machine protects a server that runs on it.
  if (!url?.password || isLocal(url.hostname)) return [];
  const password = decodeURIComponent(url.password);
  const isSample =
    samplePasswords.has(password.toLowerCase()) || password === decodeURIComponent(url.username);
  return isSample
    ? [`${name}: has the password of an example, or the name of its user; choose a random one`]
    : [];
}

/**
 * Returns a fault for each key that is printable text. Random bytes are all printable once in 10^13 keys, so a person made up
 * such a key.
 */
function weakKeys({ SECRET_KEYS = '' }: Record<string, string>): string[] {
  const keys = SECRET_KEYS.split(',').map((part) => Buffer.from(part.trim(), 'base64url'));
  const isText = keys.some((key) => key.length > 0 && key.every((byte) => byte >= 0x20 && byte < 0x7f));
  const isTwice = new Set(keys.map((key) => key.toString('hex'))).size < keys.length;
  return isText || isTwice
    ? ['SECRET_KEYS: must be random bytes, each key another; these are text, or one key twice']
    : [];
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
