import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type Provider from 'oidc-provider';

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
  /** How many times its metadata were read. */
  discoveries: number;
  /** Answers nothing but this status, as a provider does that is down. */
  outage: number | undefined;
  /** Where PUBLIC_URL really is: nothing listens there in a test. */
  reach: { publicUrl: string; url: string };
  /** A token with its key. */
  sign(claims: JWTPayload, header?: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

const alg = 'ES256';

interface Options {
  name: string;
  /** Of Mainstay: PUBLIC_URL. */
  publicUrl: string;
  settings?: Record<string, unknown>;
  /** Metadata of the client at the provider. */
  client?: Record<string, unknown>;
}

export async function startIdentityProvider({ name, publicUrl, settings, client }: Options) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: 'key-1' };
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const idp: IdentityProvider = {
    issuer,
    settings: {
      name,
      issuer,
      client_id: 'mainstay',
      ...(!settings?.private_key && { client_secret: 'a secret of the provider' }),
      id_token_alg: alg,
      ...settings,
    },
    accounts: new Map(),
    tamper: undefined,
    discoveries: 0,
    outage: undefined,
    reach: { publicUrl, url: publicUrl },
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid: 'key-1', ...header }).sign(privateKey),
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  const provider = await createProvider(idp, jwk, {
    client_id: 'mainstay',
    ...(!settings?.private_key && { client_secret: 'a secret of the provider' }),
    redirect_uris: [`${publicUrl}/v1/auth/oidc/${name}/callback`],
    id_token_signed_response_alg: alg,
    backchannel_logout_uri: `${publicUrl}/v1/auth/oidc/${name}/backchannel-logout`,
    backchannel_logout_session_required: true,
    ...client,
  });
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/.well-known/')) idp.discoveries += 1;
    if (idp.outage) response.writeHead(idp.outage).end();
    else void provider.callback()(request, response);
  });
  return idp;
}

async function createProvider(idp: IdentityProvider, jwk: object, client: Record<string, unknown>) {
  const provider: Provider = await quietly(async () => {
    const { default: OidcProvider } = await import('oidc-provider');
    return new OidcProvider(idp.issuer, {
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
        fetch(String(url).replace(idp.reach.publicUrl, idp.reach.url), options as RequestInit),
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
  body.id_token = await idp.sign(idp.tamper!(payload));
}

/** The provider warns on the console of what is meant for tests only, such as keeping everything in memory. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { warn, info } = console;
  console.warn = console.info = () => {};
  try {
    return await work();
  } finally {
    Object.assign(console, { warn, info });
  }
}
