import { statSync } from 'node:fs';

/** Passwords of examples, ours among them: whoever copied one has published it. */
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

/** What production refuses though it has the right form: `NAME: what is the case`. Values are never repeated. */
export function weakSecrets(given: Record<string, string>, isLocal: (host: string) => boolean): string[] {
  return [...urlNames.flatMap((name) => weakPassword(name, given[name] ?? '', isLocal)), ...weakKeys(given)];
}

function weakPassword(name: string, text: string, isLocal: (host: string) => boolean): string[] {
  const url = URL.parse(text);
  // A server on this machine is guarded by the machine.
  if (!url?.password || isLocal(url.hostname)) return [];
  const password = decodeURIComponent(url.password);
  const isSample =
    samplePasswords.has(password.toLowerCase()) || password === decodeURIComponent(url.username);
  return isSample
    ? [`${name}: has the password of an example, or the name of its user; choose a random one`]
    : [];
}

/** Random bytes are all printable once in 10^13 keys, so such a key is a text that somebody thought of. */
function weakKeys({ SECRET_KEYS = '' }: Record<string, string>): string[] {
  const keys = SECRET_KEYS.split(',').map((part) => Buffer.from(part.trim(), 'base64url'));
  const isText = keys.some((key) => key.length > 0 && key.every((byte) => byte >= 0x20 && byte < 0x7f));
  const isTwice = new Set(keys.map((key) => key.toString('hex'))).size < keys.length;
  return isText || isTwice
    ? ['SECRET_KEYS: must be random bytes, each key another; these are text, or one key twice']
    : [];
}

/** Permission bit of others: to write. Reading stays open where platforms mount secrets into containers, with 0644. */
const writableByOthers = 0o002;

/** Whether accounts of this machine that have nothing to do with us may change the file. */
export function isExposed(path: string): boolean {
  return (statSync(path).mode & writableByOthers) !== 0;
}
