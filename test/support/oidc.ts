import { randomUUID } from 'node:crypto';
import { afterAll, afterEach } from '@jest/globals';
import { startWorld, type World } from './apps.js';
import { rowsOf } from './factors.js';
import { UserAgent } from './user-agent.js';
import { type Account, type IdentityProvider, startIdentityProvider } from './identity-provider.js';

const usualUrl = 'http://mainstay.test';

export interface OidcWorld {
  world: World;
  /** Its word about addresses counts. */
  acme: IdentityProvider;
  /** Its does not. */
  other: IdentityProvider;
  close(): Promise<void>;
}

export async function startOidcWorld({
  publicUrl = usualUrl,
  env = {},
}: { publicUrl?: string; env?: NodeJS.ProcessEnv } = {}): Promise<OidcWorld> {
  const acme = await startIdentityProvider({
    name: 'acme',
    publicUrl,
    settings: { label: 'Acme', trust_email: true },
  });
  const other = await startIdentityProvider({ name: 'other', publicUrl });
  const providers = JSON.stringify([acme.settings, other.settings]);
  const world = await startWorld({
    worker: true,
    env: { PUBLIC_URL: publicUrl, OIDC_PROVIDERS: providers, ...env },
  });
  for (const provider of [acme, other]) provider.reach.url = world.url;
  return {
    world,
    acme,
    other,
    async close() {
      await world.close();
      await Promise.all([acme.close(), other.close()]);
    },
  };
}

/** Starts the world of a spec file. After each test its providers answer as they should again. */
export async function oidcScene() {
  const scene = await startOidcWorld();
  afterEach(() => {
    for (const provider of [scene.acme, scene.other])
      Object.assign(provider, { tamper: undefined, signIdToken: undefined, outage: undefined });
  });
  afterAll(() => scene.close());
  const rows = (text: string, ...values: unknown[]) => rowsOf(scene.world, text, ...values);
  return {
    ...scene,
    rows,
    newBrowser: () => new UserAgent(scene.world),
    subjectsOf: (userId: string) => rows('select issuer, subject from identities where user_id = $1', userId),
    /** Links an identity of this provider to the user, without a visit to the provider. */
    link: (userId: string, { issuer }: { issuer: string }, { sub }: { sub: string }) =>
      rows(
        'insert into identities (id, user_id, issuer, subject) values ($1, $2, $3, $4)',
        randomUUID(),
        userId,
        issuer,
        sub,
      ),
  };
}

/** Somebody new with an account at this provider and an address that it has verified. Only what matters is given. */
export function accountAt(provider: IdentityProvider, given: Partial<Account> = {}): Account {
  const sub = randomUUID();
  const account = { sub, email: `${sub}@example.com`, email_verified: true, name: 'Ada', ...given };
  provider.accounts.set(account.sub, account);
  return account;
}

/** The address of the provider's page that this browser is sent to. */
export async function authorizationUrl(
  browser: UserAgent,
  { provider = 'acme', returnTo = '/' } = {},
): Promise<URL> {
  const path = `/v1/auth/oidc/${provider}?return_to=${encodeURIComponent(returnTo)}`;
  const start = await browser.get(path);
  if (start.status !== 303) throw new Error(`Starting failed: ${start.status} ${await start.text()}`);
  return new URL(start.headers.get('location')!);
}

/** As far as the address that the provider sends this browser back to. */
export async function atProvider(
  browser: UserAgent,
  { sub }: Pick<Account, 'sub'>,
  options?: { provider?: string; returnTo?: string },
): Promise<URL> {
  return browser.logInAt((await authorizationUrl(browser, options)).href, sub);
}

/** All the way: what the API answers in the end. */
export async function signInBy(
  browser: UserAgent,
  account: Pick<Account, 'sub'>,
  options: { provider?: string; returnTo?: string } = {},
): Promise<Response> {
  return browser.send((await atProvider(browser, account, options)).href);
}

/** A browser in which this account has signed in. */
export async function browserOf(world: World, account: Account, provider = 'acme'): Promise<UserAgent> {
  const browser = new UserAgent(world);
  const landing = await signInBy(browser, account, { provider });
  if (!browser.cookies.has('sid'))
    throw new Error(`Signing in failed: ${landing.status} ${landing.headers.get('location')}`);
  return browser;
}

/** Who is signed in in this browser, if anybody. */
export async function whoIn(browser: UserAgent): Promise<{ id: string; email: string } | undefined> {
  const response = await browser.get('/v1/sessions/current');
  if (response.status !== 200) return undefined;
  return ((await response.json()) as { user: { id: string; email: string } }).user;
}

/** Why the front end is told that it did not work. */
export function refusalOf(response: Response): string | null {
  const location = response.headers.get('location') ?? '';
  const { origin, pathname, searchParams } = new URL(location, 'http://nowhere.invalid');
  const isErrorPage = response.status === 303 && origin === usualUrl && pathname === '/auth-error';
  const isTraceable = searchParams.get('request_id') === response.headers.get('x-request-id');
  const says = [...searchParams.keys()].join() === 'code,request_id';
  return isErrorPage && isTraceable && says ? searchParams.get('code') : null;
}
