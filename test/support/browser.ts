import { type Browser as Chromium, chromium, type Page } from 'playwright-core';

/** Both resolve to the loopback interface in Chromium, and count as secure although they are not https. */
export const origin = 'http://app.localhost';
export const foreignOrigin = 'http://evil.app.localhost';

/** As WebAuthn has them in JSON; what stands in them is the server's and the browser's business. */
export type Options = Record<string, unknown>;
export type Credential = { id: string; response: Record<string, string> } & Record<string, unknown>;

/** A key as the virtual authenticator keeps it (CDP WebAuthn.Credential). */
interface VirtualKey {
  credentialId: string;
  signCount: number;
}

/** Somebody's browser with a virtual authenticator that verifies its user, at a page of ours. */
export interface Browser {
  /** Sends a request from the page, with its cookies and its origin. */
  send(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  create(options: Options): Promise<Credential>;
  get(options: Options, from?: string): Promise<Credential>;
  /** The person refuses the PIN from now on, or not. */
  verifyUser(verified: boolean): Promise<void>;
  /** Sets back the counters of all keys, as those of a copy are. */
  rewind(): Promise<void>;
  close(): Promise<void>;
}

export async function startChromium(apiUrl: string): Promise<Chromium> {
  const { host } = new URL(apiUrl);
  return chromium.launch({
    executablePath: process.env.TEST_CHROMIUM!,
    // As root, as in most containers, Chromium has no sandbox; it sees nothing but our own pages.
    args: ['--headless=new', '--no-sandbox', `--host-resolver-rules=MAP *.localhost:80 ${host}`],
  });
}

export async function newBrowser(engine: Chromium): Promise<Browser> {
  const context = await engine.newContext();
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const at = async (from: string) => {
    if (!page.url().startsWith(`${from}/`)) await page.goto(`${from}/docs`);
  };
  return {
    async send(method, path, body) {
      await at(origin);
      return send(page, method, path, body);
    },
    async create(options) {
      await at(origin);
      return page.evaluate(create, options);
    },
    async get(options, from = origin) {
      await at(from);
      return page.evaluate(get, options);
    },
    verifyUser: (isUserVerified) =>
      devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }).then(() => undefined),
    async rewind() {
      const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
      await devtools.send('WebAuthn.clearCredentials', { authenticatorId });
      for (const key of credentials as VirtualKey[])
        await devtools.send('WebAuthn.addCredential', {
          authenticatorId,
          credential: { ...key, signCount: 1 } as never,
        });
    },
    close: () => context.close(),
  };
}

/** What of the page's globals is used here: the types of Node are those of this program, not the DOM's. */
interface Made {
  toJSON(): Credential;
}
declare const PublicKeyCredential: Record<
  'parseCreationOptionsFromJSON' | 'parseRequestOptionsFromJSON',
  (options: Options) => object
>;
interface Globals {
  navigator: { credentials: Record<'create' | 'get', (options: { publicKey: object }) => Promise<Made>> };
}

/** In the page. */
async function create(options: Options): Promise<Credential> {
  const { navigator: browser } = globalThis as unknown as Globals;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await browser.credentials.create({ publicKey })).toJSON();
}

/** In the page. */
async function get(options: Options): Promise<Credential> {
  const { navigator: browser } = globalThis as unknown as Globals;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return (await browser.credentials.get({ publicKey })).toJSON();
}

function send(page: Page, method: string, path: string, body: object | undefined) {
  return page.evaluate(
    async (given) => {
      const response = await fetch(given.path, {
        method: given.method,
        headers: {
          ...(given.body && { 'content-type': 'application/json' }),
          'idempotency-key': crypto.randomUUID(),
        },
        ...(given.body && { body: JSON.stringify(given.body) }),
      });
      const text = await response.text();
      return { status: response.status, body: (text ? JSON.parse(text) : {}) as Record<string, unknown> };
    },
    { method, path, body },
  );
}
