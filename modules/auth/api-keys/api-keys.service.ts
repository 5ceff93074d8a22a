import { Injectable } from '@nestjs/common';
import { and, count, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';
import { type Permission, permissionsOf, type UserPrincipal } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Database, newId } from '#libs/database';
import { JobsService } from '#libs/queue';
import { users } from '#modules/users';
import { sendNotification } from '../notifications/notifications.jobs.js';
import { lockOwner, type Owner } from '../sessions/user-locks.js';
import { hashOf } from '../secrets/secrets.js';
import { keyPrefix, newApiKey, parseApiKey } from './api-key-format.js';
import {
  type ApiKey,
  ApiKeyNotFound,
  type NewApiKey,
  ScopeNotHeld,
  TooManyApiKeys,
} from './api-keys.contract.js';
import { apiKeys } from './api-keys.schema.js';

/**
 * The number of keys per user: one for each program and machine of a user with many, but not enough for a store of
 * credentials.
 */
const maxKeys = 25;

const isLive = gt(apiKeys.expiresAt, sql`now()`);

/** The last use is written once a minute, because a write for every request would cost more than the request. */
const needsTouch = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, sql`now() - interval '1 minute'`))!;

const columns = {
  id: apiKeys.id,
  name: apiKeys.name,
  scopes: apiKeys.scopes,
  created_at: apiKeys.createdAt,
  expires_at: apiKeys.expiresAt,
  last_used_at: apiKeys.lastUsedAt,
};

/** Manages and authenticates API keys. Nothing is cached, so revoking a key, its expiry or a demotion takes effect at once. */
@Injectable()
export class ApiKeysService {
  readonly #byId;

  constructor(
    private readonly db: Database,
    private readonly audit: AuditLog,
    private readonly jobs: JobsService,
  ) {
    this.#byId = db.conn
      .select({
        userId: apiKeys.userId,
        role: users.role,
        scopes: apiKeys.scopes,
        needsTouch: sql<boolean>`${needsTouch}`,
      })
      .from(apiKeys)
      .innerJoin(users, eq(users.id, apiKeys.userId))
      .where(
        and(
          eq(apiKeys.id, sql.placeholder('id')),
          eq(apiKeys.secretHash, sql.placeholder('secretHash')),
          isLive,
          eq(users.status, 'active'),
        ),
      )
      .prepare('api_keys_by_id');
  }

  /**
   * Returns the owner of the key, with the permissions that both have, or undefined when the key is not valid. It takes one
   * query.
   */
  async authenticate(key: string): Promise<UserPrincipal | undefined> {
    const parts = parseApiKey(key);
    if (!parts) return undefined;
    const { id, secret } = parts;
    const [found] = await this.#byId.execute({ id, secretHash: hashOf(secret) });
    if (!found) return undefined;
    if (found.needsTouch) await this.#touch(id);
    const scopes = new Set(found.scopes);
    const granted = [...permissionsOf(found.role)].filter((permission) => scopes.has(permission));
    return { kind: 'user', id: found.userId, permissions: new Set(granted), apiKeyId: id };
  }

  /**
   * Creates a key of this user and returns it with its secret, which no later answer has. Throws {@link ScopeNotHeld} or
   * {@link TooManyApiKeys}, and AuthenticationRequired when the session has ended meanwhile.
   */
  issue(owner: Owner, { name, scopes, expires_in_days }: NewApiKey): Promise<ApiKey & { key: string }> {
    const { userId } = owner;
    return this.db.transaction(async () => {
      await this.#admit(owner, scopes);
      const id = newId();
      const { key, secret } = newApiKey(id);
      const [row] = await this.db.tx
        .insert(apiKeys)
        .values({
          id,
          userId,
          name,
          secretHash: hashOf(secret),
          scopes,
          expiresAt: sql`now() + make_interval(days => ${expires_in_days}::int)`,
        })
        .returning(columns);
      const meta = { name, scopes, days: expires_in_days };
      this.audit.record({ action: 'api-keys.create', target: `api-key:${id}`, meta });
      this.jobs.enqueue(sendNotification, { to: { userId }, kind: 'api-key-created', detail: keyPrefix(id) });
      return { ...shown(row!), key };
    });
  }

  /** Returns the valid keys of this user, the latest first. */
  async list(userId: string): Promise<{ data: ApiKey[] }> {
    const rows = await this.db.conn
      .select(columns)
      .from(apiKeys)
      .where(and(eq(apiKeys.userId, userId), isLive))
      .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
      .limit(maxKeys);
    return { data: rows.map(shown) };
  }

  /** Returns one key. Throws {@link ApiKeyNotFound}, also for a key of another user. */
  async get(id: string, userId: string): Promise<ApiKey> {
    const [row] = await this.db.conn
      .select(columns)
      .from(apiKeys)
      .where(and(eq(apiKeys.id, id), eq(apiKeys.userId, userId), isLive));
    if (!row) throw new ApiKeyNotFound();
    return shown(row);
  }

  /** Revokes a key at once. Throws {@link ApiKeyNotFound}, also for a key of another user. */
  revoke(id: string, userId: string): Promise<void> {
    return this.db.transaction(async () => {
      const { rowCount } = await this.db.tx
        .delete(apiKeys)
        .where(and(eq(apiKeys.id, id), eq(apiKeys.userId, userId)));
      if (rowCount === 0) throw new ApiKeyNotFound();
      this.audit.record({ action: 'api-keys.revoke', target: `api-key:${id}` });
    });
  }

  /** Revokes all keys of a user whose account is recovered. Returns the sentence for the owner. Needs a transaction. */
  async revokeAll(userId: string): Promise<string | undefined> {
    const revoked = await this.db.tx
      .delete(apiKeys)
      .where(eq(apiKeys.userId, userId))
      .returning({ id: apiKeys.id });
    for (const { id } of revoked)
      this.audit.record({ action: 'api-keys.revoke', target: `api-key:${id}`, meta: { recovered: userId } });
    return revoked.length > 0
      ? `API keys that were revoked: ${revoked.length}. Make new ones for your programs.`
      : undefined;
  }

  /** Locks the owner, so that keys are counted one after the other and checked against the current permissions. */
  async #admit(owner: Owner, scopes: Permission[]): Promise<void> {
    const { role } = await lockOwner(this.db, owner);
    const held = permissionsOf(role);
    const missing = scopes.filter((scope) => !held.has(scope));
    if (missing.length > 0) throw new ScopeNotHeld(`Not held: ${missing.join(', ')}.`);
    const [{ keys } = { keys: 0 }] = await this.db.tx
      .select({ keys: count() })
      .from(apiKeys)
      .where(and(eq(apiKeys.userId, owner.userId), isLive));
    if (keys >= maxKeys) throw new TooManyApiKeys();
  }

  async #touch(id: string): Promise<void> {
    await this.db.conn
      .update(apiKeys)
      .set({ lastUsedAt: sql`now()` })
      .where(and(eq(apiKeys.id, id), needsTouch));
  }
}

function shown(row: Omit<ApiKey, 'prefix'>): ApiKey {
  return { ...row, prefix: keyPrefix(row.id) };
}
