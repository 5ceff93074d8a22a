import { describe } from '@jest/globals';
import { type CDPSession, chromium } from 'playwright-core';

/** Holds tests that need a real Chromium. The run says when there is none. */
export const describeInChromium = process.env.TEST_CHROMIUM ? describe : describe.skip;

/** Both resolve to the loopback interface in Chromium, and count as secure although they are not https. */
export const origin = 'http://app.localhost';
export const foreignOrigin = 'http://evil.app.localhost';

/** As WebAuthn has them in JSON; what stands in them is the server's and the browser's business. */
export type Options = Record<string, unknown>;
interface Credential<Response> {
  id: string;
  rawId: string;
  type: 'public-key';
  response: Response;
}
/** A new key, and a proof by one that there is (WebAuthn 3 section 5.1: RegistrationResponseJSON, AuthenticationResponseJSON). */
export type Attestation = Credential<{ clientDataJSON: string; attestationObject: string }>;
export type Assertion = Credential<{
  clientDataJSON: string;
  authenticatorData: string;
  signature: string;
  userHandle?: string | null;
}>;

/** A browser at a page of ours, with a virtual authenticator that verifies its user. */
export interface Browser {
  /** Another device of another person: no cookies, no keys, and no way to verify its user if so wanted. */
  renew(device?: { verifiesUser: boolean }): Promise<void>;
  /** Sends a request from the page, with its cookies and its origin. */
  send(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  create(options: Options): Promise<Attestation>;
  get(options: Options, from?: string): Promise<Assertion>;
  /** The person refuses the PIN from now on. */
  refusePin(): Promise<void>;
  /** Sets back the counters of all keys, as those of a copy are. */
  rewind(): Promise<void>;
  close(): Promise<void>;
}

/** Chromium, which finds the API at {@link origin} and {@link foreignOrigin}. */
export async function startBrowser(apiUrl: string): Promise<Browser> {
  const engine = await chromium.launch({
    executablePath: process.env.TEST_CHROMIUM!,
    // As root, as in most containers, Chromium has no sandbox; it sees nothing but our own pages.
    args: [
      '--headless=new',
      '--no-sandbox',
      `--host-resolver-rules=MAP *.localhost:80 ${new URL(apiUrl).host}`,
    ],
  });
  const context = await engine.newContext();
  const page = await context.newPage();
  const authenticator = await Authenticator.of(await context.newCDPSession(page));
  const at = async (from: string) => {
    if (!page.url().startsWith(`${from}/`)) await page.goto(`${from}/docs`);
  };
  return {
    async renew({ verifiesUser } = { verifiesUser: true }) {
      await context.clearCookies();
      await authenticator.replace(verifiesUser);
    },
    async send(method, path, body) {
      await at(origin);
      return page.evaluate(send, { method, path, body });
    },
    async create(options) {
      await at(origin);
      return page.evaluate(create, options);
    },
    async get(options, from = origin) {
      await at(from);
      return page.evaluate(get, options);
    },
    refusePin: () => authenticator.refusePin(),
    rewind: () => authenticator.rewind(),
    close: () => engine.close(),
  };
}

/** The virtual authenticator of a page (Chrome DevTools protocol, domain WebAuthn). */
export class Authenticator {
  #id = '';

  private constructor(private readonly devtools: CDPSession) {}

  static async of(devtools: CDPSession): Promise<Authenticator> {
    await devtools.send('WebAuthn.enable');
    const authenticator = new Authenticator(devtools);
    await authenticator.#add(true);
    return authenticator;
  }

  async replace(verifiesUser: boolean): Promise<void> {
    await this.devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: this.#id });
    await this.#add(verifiesUser);
  }

  async refusePin(): Promise<void> {
    await this.devtools.send('WebAuthn.setUserVerified', {
      authenticatorId: this.#id,
      isUserVerified: false,
    });
  }

  async rewind(): Promise<void> {
    const which = { authenticatorId: this.#id };
    const { credentials } = await this.devtools.send('WebAuthn.getCredentials', which);
    await this.devtools.send('WebAuthn.clearCredentials', which);
    for (const key of credentials)
      await this.devtools.send('WebAuthn.addCredential', { ...which, credential: { ...key, signCount: 1 } });
  }

  async #add(verifiesUser: boolean): Promise<void> {
    const added = await this.devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: verifiesUser,
        isUserVerified: verifiesUser,
        automaticPresenceSimulation: true,
      },
    });
    this.#id = added.authenticatorId;
  }
}

/** What of the page's globals is used here: the types of Node are those of this program, not the DOM's. */
interface Made<T> {
  toJSON(): T;
}
declare const PublicKeyCredential: Record<
  'parseCreationOptionsFromJSON' | 'parseRequestOptionsFromJSON',
  (options: Options) => object
>;
interface Globals {
  navigator: {
    credentials: {
      create(options: { publicKey: object }): Promise<Made<Attestation>>;
      get(options: { publicKey: object }): Promise<Made<Assertion>>;
    };
  };
}

/** In the page: makes a passkey. */
export async function create(options: Options): Promise<Attestation> {
  const { navigator: browser } = globalThis as unknown as Globals;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await browser.credentials.create({ publicKey })).toJSON();
}

/** In the page. */
async function get(options: Options): Promise<Assertion> {
  const { navigator: browser } = globalThis as unknown as Globals;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return (await browser.credentials.get({ publicKey })).toJSON();
}

/** In the page. */
async function send({ method, path, body }: { method: string; path: string; body: object | undefined }) {
  const headers = {
    'idempotency-key': crypto.randomUUID(),
    ...(body && { 'content-type': 'application/json' }),
  };
  const response = await fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
