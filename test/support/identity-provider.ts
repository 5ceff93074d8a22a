import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import Provider from 'oidc-provider';

/** Somebody with an account at the provider. */
export interface Account {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
}

/** A real OpenID provider on loopback. Its login page believes whoever says who they are: `?as=<sub>`. */
export interface IdentityProvider {
  issuer: string;
  /** As OIDC_PROVIDERS has it. */
  settings: Record<string, unknown>;
  /** Everybody who can sign in there. */
  accounts: Map<string, Account>;
  /** What the ID token says instead, signed by the provider all the same. */
  tamper: ((claims: JWTPayload) => JWTPayload) | undefined;
  /** Signs the ID token that says something else, in place of the provider. */
  signIdToken: ((claims: JWTPayload) => Promise<string>) | undefined;
  /** How many times its metadata were read. */
  discoveries: number;
  /** How many times somebody wanted tokens for a code. */
  exchanges: number;
  /** Answers nothing but this status, as a provider does that is down. */
  outage: number | undefined;
  /** Where PUBLIC_URL really is: nothing listens there in a test. */
  reach: { publicUrl: string; url: string };
  /** A token with its key. */
  sign: (claims: JWTPayload, header?: Record<string, unknown>) => Promise<string>;
  close: () => Promise<void>;
}

const alg = 'ES256';

interface Options {
  name: string;
  /** Of Mainstay: PUBLIC_URL. */
  publicUrl: string;
  settings?: Record<string, unknown>;
  /** It knows the client by a key, and not by a secret. */
  knowsKey?: boolean;
}

export async function startIdentityProvider({ name, publicUrl, settings, knowsKey = false }: Options) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: 'key-1' };
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credential = knowsKey ? await keyOfClient(issuer) : secretOfClient;
  const idp: IdentityProvider = {
    issuer,
    settings: {
      name,
      issuer,
      client_id: 'mainstay',
      ...credential.settings,
      id_token_alg: alg,
      ...settings,
    },
    accounts: new Map(),
    tamper: undefined,
    signIdToken: undefined,
    discoveries: 0,
    exchanges: 0,
    outage: undefined,
    reach: { publicUrl, url: publicUrl },
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid: 'key-1', ...header }).sign(privateKey),
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  hush();
  const provider = createProvider(idp, jwk, {
    client_id: 'mainstay',
    ...credential.client,
    redirect_uris: [`${publicUrl}/v1/auth/oidc/${name}/callback`],
    id_token_signed_response_alg: alg,
    backchannel_logout_uri: `${publicUrl}/v1/auth/oidc/${name}/backchannel-logout`,
    backchannel_logout_session_required: true,
  });
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/.well-known/')) idp.discoveries += 1;
    if (request.url === '/token') idp.exchanges += 1;
    if (idp.outage) response.writeHead(idp.outage).end();
    else if (request.url === '/client-keys')
      response.setHeader('content-type', 'application/json').end(JSON.stringify(credential.keys));
    else void provider.callback()(request, response);
  });
  return idp;
}

const secret = 'a secret of the provider';

interface Credential {
  /** As OIDC_PROVIDERS has it, and as the provider has it. */
  settings: Record<string, unknown>;
  client: Record<string, unknown>;
  keys: { keys: object[] };
}

const secretOfClient: Credential = {
  settings: { client_secret: secret },
  client: { client_secret: secret },
  keys: { keys: [] },
};

/** The provider fetches the public half, from a page of its own as nothing else listens here. */
async function keyOfClient(issuer: string): Promise<Credential> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const names = { alg, kid: 'client-key' };
  return {
    settings: { private_key: { ...(await exportJWK(privateKey)), ...names } },
    client: {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: alg,
      jwks_uri: `${issuer}/client-keys`,
    },
    keys: { keys: [{ ...(await exportJWK(publicKey)), ...names }] },
  };
}

function createProvider(idp: IdentityProvider, jwk: object, client: Record<string, unknown>) {
  const provider: Provider = new Provider(idp.issuer, {
    clients: [client as never],
    jwks: { keys: [jwk as never] },
    cookies: { keys: ['only for tests'] },
    ttl: { AccessToken: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
    pkce: { required: () => true },
    enabledJWA: { idTokenSigningAlgValues: [alg] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, sub) => {
      const account = idp.accounts.get(sub);
      return account && { accountId: sub, claims: () => ({ ...account }) };
    },
    fetch: (url, options) =>
      fetch(
        (url as URL | string).toString().replace(idp.reach.publicUrl, idp.reach.url),
        options as RequestInit,
      ),
    // Nobody is asked whether the client may know what it asks for.
    loadExistingGrant: async ({ oidc }) => {
      const { clientId } = oidc.client!;
      const accountId = oidc.session!.accountId!;
      const known = oidc.session!.grantIdFor(clientId);
      if (known) return provider.Grant.find(known);
      const grant = new provider.Grant({ clientId, accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    if (ctx.path.startsWith('/interaction/')) return logIn(provider, ctx);
    await next();
    const body = ctx.body as { id_token?: string } | undefined;
    if (ctx.path === '/token' && body?.id_token && idp.tamper) await tamperWith(body, idp);
  });
  return provider;
}

type Context = Parameters<Parameters<Provider['use']>[0]>[0];

async function logIn(provider: Provider, ctx: Context): Promise<void> {
  const accountId = String(ctx.query.as);
  const result = accountId === 'nobody' ? { error: 'access_denied' } : { login: { accountId } };
  ctx.status = 303;
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result));
}

async function tamperWith(body: { id_token?: string }, idp: IdentityProvider): Promise<void> {
  const payload = JSON.parse(
    Buffer.from(body.id_token!.split('.')[1]!, 'base64url').toString(),
  ) as JWTPayload;
  const { signIdToken = idp.sign } = idp;
  body.id_token = await signIdToken(idp.tamper!(payload));
}

let isHushed = false;

/** The provider warns on the console, again and again, of what is for tests only, such as keeping all in memory. */
function hush(): void {
  if (isHushed) return;
  isHushed = true;
  for (const level of ['info', 'warn'] as const) {
    const say = console[level].bind(console);
    console[level] = (...line: unknown[]) => {
      if (!String(line[0]).includes('oidc-provider')) say(...line);
    };
  }
}
