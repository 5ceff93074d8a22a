import { randomBytes, randomUUID } from 'node:crypto';
import type { Role } from '#libs/access';
import { type Client, createClient, dataOf } from '#libs/client';
import { type Browser, origin, startBrowser } from '../support/browser.js';
import { mailTo, tokenIn } from '../support/mails.js';
import { type OidcWorld, startOidcWorld } from '../support/oidc.js';
import { existing, password } from '../support/people.js';

/** Somebody, and the client through which they are signed in. */
export interface Account {
  id: string;
  email: string;
  client: Client;
}

export const newAddress = () => `${randomUUID()}@example.com`;
export const keyed = () => ({ header: { 'Idempotency-Key': randomUUID() } });
export const form = { 'content-type': 'application/x-www-form-urlencoded' };

/** One installation with everything that signing in can need, and the answers it gave through the generated client. */
export class Stage {
  /** `POST /v1/sessions 201`. */
  readonly answers = new Set<string>();

  private constructor(
    readonly scene: OidcWorld,
    readonly keys: string,
    /** Undefined where there is no Chromium: test/setup/services.mjs has said so. */
    readonly browser: Browser | undefined,
  ) {}

  static async start(): Promise<Stage> {
    const keys = randomBytes(32).toString('base64url');
    // The pages of passkeys are where PUBLIC_URL is.
    const scene = await startOidcWorld({
      publicUrl: origin,
      env: { SECRET_KEYS: keys, RATE_LIMIT_AUTH: '10000/60' },
    });
    const browser = process.env.TEST_CHROMIUM ? await startBrowser(scene.world.url) : undefined;
    return new Stage(scene, keys, browser);
  }

  async close(): Promise<void> {
    await this.browser?.close();
    await this.scene.close();
  }

  get world() {
    return this.scene.world;
  }

  /** A client without cookies, whose answers are remembered. */
  client(token?: string): Client {
    const client = createClient({ baseUrl: this.world.url, ...(token !== undefined && { token }) });
    client.use({
      onResponse: ({ request, schemaPath, response }) => {
        this.answers.add(`${request.method} ${schemaPath} ${response.status}`);
      },
    });
    return client;
  }

  async signIn(email: string): Promise<Account> {
    const client = this.client();
    const session = dataOf(await client.POST('/v1/sessions', { body: { email, password } }));
    if (!('user' in session)) throw new Error('The second factor is missing.');
    return { id: session.user.id, email, client };
  }

  /** Somebody new who is signed in. */
  async person(role: Role = 'member'): Promise<Account> {
    return this.signIn(await existing(this.world, role));
  }

  /** The same, who proved a moment ago who they are. */
  async proven(role: Role = 'member'): Promise<Account> {
    const account = await this.person(role);
    dataOf(await account.client.POST('/v1/sudo', { body: { password } }));
    return account;
  }

  /** The token in the mail with this subject. */
  async tokenFor(email: string, subject: string): Promise<string> {
    return tokenIn(await mailTo(this.world, email, subject));
  }
}
