import { randomUUID } from 'node:crypto';
import type { Role } from '#libs/access';
import { deadLetterRow, operationRow, sessionRow, userRow } from '../../../tools/database/rows.js';
import { insert } from '../../../tools/database/seed.js';
import { startWorld, type World } from '../apps.js';
import { type IdentityProvider, startIdentityProvider } from '../identity-provider.js';
import { issuedKey, registeredService } from '../machines.js';
import { inSudo, type Person, signedIn } from '../people.js';
import type { Operation } from '../contract/document.js';
import type { CallerName, FuzzRequest } from './requests.js';

const nobody = '0199c0de-0000-7000-8000-000000000000';

/** A world with callers of every kind and something of everything that has an id. */
export class Stage {
  readonly #people = new Map<CallerName, Person>();
  #key = { id: '', key: '' };
  #known: Record<string, string> = { nobody };
  #rows = 0;

  private constructor(
    readonly world: World,
    private readonly provider: IdentityProvider,
  ) {}

  static async open(): Promise<Stage> {
    const provider = await startIdentityProvider({ name: 'acme', publicUrl: 'http://mainstay.test' });
    const providers = JSON.stringify([provider.settings]);
    const world = await startWorld({ env: { RATE_LIMIT_AUTH: '100000/60', OIDC_PROVIDERS: providers } });
    provider.reach.url = world.url;
    const stage = new Stage(world, provider);
    for (const name of ['member', 'viewer', 'key'] as const) await stage.renewCaller(name);
    return stage;
  }

  async close(): Promise<void> {
    await this.world.close();
    await this.provider.close();
  }

  /** Makes new what requests before may have removed, for requests to this operation: the administrator, and one row of each kind. */
  async renew({ path, parameters }: Operation): Promise<void> {
    await this.renewCaller('admin');
    const admin = this.#people.get('admin')!;
    const [n, now, client] = [(this.#rows += 1) + 1000, new Date(), await this.world.db.pool.connect()];
    const [user, job, deadLetter, session] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const [email, passkey, identity] = [`${user}@example.com`, randomUUID(), randomUUID()];
    const state = ['queued', 'running', 'succeeded', 'failed', 'cancelled'][n % 5]!;
    try {
      await insert(client, 'users', [userRow(n, now, { id: user, email, role: 'member', status: 'active' })]);
      await insert(client, 'sessions', [sessionRow(n, admin.id, now, { id: session })]);
      await insert(client, 'operations', [operationRow(n, state, admin.id, now, { id: job })]);
      await insert(client, 'operations', [operationRow(n, 'failed', admin.id, now, { id: deadLetter })]);
      await insert(client, 'dead_letters', [deadLetterRow(n, deadLetter, admin.id, now)]);
      const linked = { id: identity, user_id: admin.id, issuer: this.provider.issuer, subject: identity };
      await insert(client, 'identities', [linked]);
    } finally {
      client.release();
    }
    const ids = { user, job, deadLetter, session, passkey, identity, apiKey: this.#key.id };
    Object.assign(this.#known, ids, { 'user.email': email, 'admin.email': admin.email });
    if (path.startsWith('/v1/service-clients'))
      this.#known.service = (await registeredService(this.world, admin)).id;
    if (parameters.some(({ name }) => name === 'cursor'))
      this.#known.cursor = await this.#cursorOf(path, admin);
  }

  /** What continues this list after one row; a word when it is no list, or has no more. */
  async #cursorOf(path: string, { cookie }: Person): Promise<string> {
    const response = await fetch(`${this.world.url}${path}?limit=1`, { headers: { cookie } });
    const { page } = (await response.json()) as { page?: { next_cursor: string | null } };
    return page?.next_cursor ?? 'none';
  }

  /** Makes the caller anew unless it still can do what it could. */
  async renewCaller(name: CallerName): Promise<void> {
    if (name === 'anonymous' || (await this.#isAble(name))) return;
    if (name !== 'key') {
      const person = await signedIn(this.world, name as Role);
      this.#people.set(name, name === 'admin' ? await inSudo(this.world, person) : person);
      return;
    }
    const owner = await signedIn(this.world, 'admin');
    this.#key = await issuedKey(this.world, owner, [
      'users:read',
      'users:write',
      'jobs:read',
      'jobs:write',
      'ops:read',
    ]);
  }

  /** The request with what it needs to know, as its caller sends it. */
  prepared(request: FuzzRequest): FuzzRequest {
    const filled = (text: string) =>
      text.replaceAll(/@([\w.]+)@/g, (all, kind: string) =>
        kind === 'fresh' ? randomUUID() : (this.#known[kind] ?? all),
      );
    const headers = Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(filled) : filled(value),
    ]);
    return {
      ...request,
      target: filled(request.target),
      headers: Object.fromEntries(headers) as FuzzRequest['headers'],
      body: request.body === undefined ? undefined : filled(request.body),
    };
  }

  /** Adds the proof of the caller, unless the request brings one of its own. */
  proven(request: FuzzRequest): FuzzRequest {
    const { caller, headers } = request;
    const { cookie } = this.#people.get(caller) ?? {};
    const proof: FuzzRequest['headers'] = {
      ...(caller === 'key' && { authorization: `Bearer ${this.#key.key}` }),
      ...(cookie !== undefined && { cookie }),
    };
    return { ...request, headers: { ...proof, ...headers } };
  }

  async #isAble(name: CallerName): Promise<boolean> {
    if (name === 'key') {
      const headers = { authorization: `Bearer ${this.#key.key}` };
      return (await fetch(`${this.world.url}/v1/users?limit=1`, { headers })).status === 200;
    }
    const person = this.#people.get(name);
    if (!person) return false;
    const response = await fetch(`${this.world.url}/v1/sessions/current`, {
      headers: { cookie: person.cookie },
    });
    if (response.status !== 200) return false;
    const session = (await response.json()) as { user: { role: string }; sudo_until: string | null };
    return session.user.role === name && (name !== 'admin' || isLater(session.sudo_until));
  }
}

/** Long enough for many requests. */
const isLater = (time: string | null) => time !== null && Date.parse(time) - Date.now() > 5 * 60_000;
