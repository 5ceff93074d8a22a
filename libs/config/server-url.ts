import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

interface Kind {
  protocols: string[];
  example: string;
  /** Returns what else is wrong with a URL of this kind. */
  check?: (url: URL) => string | undefined;
}

const unencoded =
  'cannot be read as a URL; percent-encode the characters : / ? # [ ] @ % of its user and password, for example @ as %40';

/** The SSL modes of libpq (PostgreSQL manual, "SSL Support") and the one that pg adds. */
const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/**
 * Those that the driver takes for `verify-full`, with a warning that another release may not (pg-connection-string 2). Here they are
 * `verify-full`, with any driver.
 */
const asVerifyFull = /([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/;

/** The parameters of a Postgres URL that name a PEM file, which the driver reads with its first connection, and how to read it. */
const fileParameters = {
  sslrootcert: { content: 'a certificate', read: (pem: Buffer) => new X509Certificate(pem) },
  sslcert: { content: 'a certificate', read: (pem: Buffer) => new X509Certificate(pem) },
  sslkey: { content: 'a private key without a passphrase', read: (pem: Buffer) => createPrivateKey(pem) },
};

/** The other TLS parameters of a Postgres URL that the driver knows, with their values. */
const choices = { sslmode: sslModes, ssl: ['true', '1', '0'], sslnegotiation: ['postgres', 'direct'] };

export const postgresUrl = serverUrl({
  protocols: ['postgres:', 'postgresql:'],
  example: 'postgres://app:secret@db:5432/mainstay',
  check({ searchParams }) {
    for (const [name, values] of Object.entries(choices)) {
      const value = searchParams.get(name);
      if (value !== null && !values.includes(value)) return `its ${name} must be one of ${values.join(', ')}`;
    }
    if (searchParams.has('sslcert') !== searchParams.has('sslkey'))
      return 'needs both sslcert and sslkey, or neither';
    const names = Object.keys(fileParameters) as (keyof typeof fileParameters)[];
    return names.map((name) => fileFault(name, searchParams.get(name))).find(Boolean);
  },
}).transform((url) => url.replace(asVerifyFull, '$1verify-full'));

export const redisUrl = serverUrl({
  protocols: ['redis:', 'rediss:'],
  example: 'rediss://user:secret@cache:6379/0',
  check: ({ pathname }) =>
    /^\/?\d*$/.test(pathname) ? undefined : 'its path must be the number of a database, for example /0',
});

export const smtpUrl = serverUrl({
  protocols: ['smtp:', 'smtps:'],
  example: 'smtps://user:secret@mail.example.com:465',
});

/**
 * Returns the schema of the URL of a server. It refuses each URL that a driver would fail to read, or would read as another host,
 * when the process has started already. No message repeats a part of the value, because passwords stand in such URLs.
 */
function serverUrl({ protocols, example, check }: Kind) {
  return z.string().superRefine((text, context) => {
    const message = faultOf(text);
    if (message) context.addIssue({ code: 'custom', message });
  });

  function faultOf(text: string): string | undefined {
    const form = `must be a ${protocols[0]}// URL without quotes or spaces, for example ${example}`;
    const protocol = protocols.find((name) => text.startsWith(`${name}//`));
    if (!protocol || /[\s"'\\]/.test(text)) return form;
    const url = URL.parse(text);
    // A character that should have been encoded ends the host early: the rest of the password is taken for a path or a query.
    if (!url || url.hash || /@/.test(url.pathname + url.search) || !isDecodable(url)) return unencoded;
    if (!url.hostname && !url.searchParams.has('host')) return `names no host; ${form}`;
    return check?.(url);
  }
}

/** Returns whether the percent-encoded characters of a URL stand for text. */
export function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    [username, password, pathname].forEach((part) => decodeURIComponent(part));
    return true;
  } catch {
    return false;
  }
}

function fileFault(name: keyof typeof fileParameters, path: string | null): string | undefined {
  if (path === null) return undefined;
  const { content, read } = fileParameters[name];
  let pem: Buffer;
  try {
    pem = readFileSync(path);
  } catch (error) {
    return `its ${name} cannot be read (${(error as NodeJS.ErrnoException).code})`;
  }
  try {
    read(pem);
    return undefined;
  } catch {
    return `its ${name} is not the PEM file of ${content}`;
  }
}
