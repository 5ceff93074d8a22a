import { Injectable } from '@nestjs/common';
import { and, desc, eq, isNull, ne, or, sql } from 'drizzle-orm';
import { AuthenticationRequired, permissionsOf } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Database, newId } from '#libs/database';
import { users } from '#modules/users';
import { hashOf, newSecret } from '../secrets/secrets.js';
import { deviceName } from './device-name.js';
import { idleLifetime, isLive } from './is-live.js';
import { RevocationRegistry } from './revocation-registry.js';
import { CredentialsWrong } from './session-problems.js';
import { sessions } from './sessions.schema.js';

/** At most a day until the user must sign in again (NIST SP 800-63B-4 section 2.2.3). */
const absoluteLifetimeMinutes = 24 * 60;

/** The time for which a proof allows sensitive actions. */
const sudoLifetime = sql`now() + interval '10 minutes'`;

/** The number of sessions per user. A further one ends the oldest. */
const maxSessions = 20;

/** Characters. Browsers send fewer, and only people read the text. */
const maxUserAgentLength = 256;

/** The properties of the browser that begins a session. */
export interface Browser {
  userAgent: string | undefined;
  /** The secret of the session that the browser had until now. The new session ends it. */
  replaced: string | undefined;
}

export interface SessionStart {
  userId: string;
  /** The authentication methods (RFC 8176). */
  amr: string[];
  /** The assurance level of NIST SP 800-63B-4: 1 for one factor, 2 for two of different kinds. */
  aal: 1 | 2;
  browser: Browser;
  impersonatorId?: string;
  /** The lifetime. The default is a day. */
  lifetimeMinutes?: number;
  provider?: { name: string; sid: string | undefined };
}

/** Manages sessions. A session is a row; the cookie has a random secret whose hash finds the row. Nothing is cached. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly db: Database,
    private readonly audit: AuditLog,
    private readonly revocations: RevocationRegistry,
  ) {}

  /**
   * Starts a session in the ambient transaction. The secret is for the cookie and stored nowhere. Throws
   * {@link CredentialsWrong} when the user has been disabled meanwhile.
   */
  async start({
    userId,
    browser,
    provider,
    impersonatorId,
    lifetimeMinutes = absoluteLifetimeMinutes,
    ...proof
  }: SessionStart): Promise<{ id: string; secret: string }> {
    const [user] = await this.db.tx
      .select({ authEpoch: users.authEpoch })
      .from(users)
      .where(and(eq(users.id, userId), eq(users.status, 'active')))
      .for('share');
    if (!user) throw new CredentialsWrong();
    if (browser.replaced)
      await this.db.tx.delete(sessions).where(eq(sessions.tokenHash, hashOf(browser.replaced)));
    if (!impersonatorId) await this.#endOldest(userId);
    const [id, secret] = [newId(), newSecret()];
    await this.db.tx.insert(sessions).values({
      id,
      tokenHash: hashOf(secret),
      userId,
      ...proof,
      authEpoch: user.authEpoch,
      impersonatorId,
      impersonatorEpoch: sql`(select auth_epoch from users where id = ${impersonatorId ?? null})`,
      provider: provider?.name,
      providerSid: provider?.sid,
      userAgent: browser.userAgent?.slice(0, maxUserAgentLength),
      idleExpiresAt: idleLifetime,
      absoluteExpiresAt: sql`now() + make_interval(mins => ${lifetimeMinutes})`,
    });
    this.audit.record({
      action: 'sessions.start',
      target: `session:${id}`,
      meta: { ...proof, ...(provider && { provider: provider.name }) },
      actor: { kind: 'user', id: userId, sessionId: id, ...(impersonatorId && { impersonatorId }) },
    });
    return { id, secret };
  }

  /**
   * Allows the sensitive actions in a session and gives it a new secret: the old secret may have leaked and must not gain
   * permissions (ASVS 5.0 7.2.4). Throws AuthenticationRequired when the session has ended, or an administrator acts as its
   * user.
   */
  async elevate(id: string): Promise<string> {
    const secret = newSecret();
    await this.db.transaction(async () => {
      const { rowCount } = await this.db.tx
        .update(sessions)
        .set({ tokenHash: hashOf(secret), sudoUntil: sudoLifetime, failedProofs: 0 })
        .where(and(eq(sessions.id, id), isNull(sessions.impersonatorId)));
      if (rowCount === 0) throw new AuthenticationRequired();
      this.audit.record({ action: 'sudo.enter', target: `session:${id}` });
    });
    return secret;
  }

  /** Keeps a session under a new secret after its user's epoch was raised. Throws AuthenticationRequired when it has ended. */
  async renew(id: string, authEpoch: number): Promise<string> {
    const secret = newSecret();
    const { rowCount } = await this.db.tx
      .update(sessions)
      .set({ tokenHash: hashOf(secret), authEpoch })
      .where(eq(sessions.id, id));
    if (rowCount === 0) throw new AuthenticationRequired();
    return secret;
  }

  /** Returns a session. Throws {@link AuthenticationRequired} when it has ended. */
  async get(id: string) {
    const [row] = await this.db.conn
      .select({
        id: sessions.id,
        user: { id: users.id, email: users.email, name: users.name, role: users.role },
        amr: sessions.amr,
        created_at: sessions.createdAt,
        expires_at: sessions.absoluteExpiresAt,
        impersonator_id: sessions.impersonatorId,
        sudo_until: sessions.sudoUntil,
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(eq(sessions.id, id));
    if (!row) throw new AuthenticationRequired();
    return { ...row, permissions: [...permissionsOf(row.user.role)] };
  }

  /** Returns the live sessions of a user, the latest first. */
  async list(userId: string, current: string | null) {
    const rows = await this.db.conn
      .select({
        id: sessions.id,
        current: sql<boolean>`coalesce(${sessions.id} = ${current}, false)`,
        impersonated: sql<boolean>`${sessions.impersonatorId} is not null`,
        user_agent: sessions.userAgent,
        created_at: sessions.createdAt,
        last_seen_at: sessions.lastSeenAt,
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(and(eq(sessions.userId, userId), isLive))
      .orderBy(desc(sessions.createdAt))
      .limit(maxSessions);
    return { data: rows.map((row) => ({ ...row, device: deviceName(row.user_agent) })) };
  }

  /** Ends a session of this user. When it has ended already, nothing happens, because the goal is reached. */
  revoke(id: string, userId: string): Promise<void> {
    return this.db.transaction(async () => {
      const { rowCount } = await this.db.tx
        .delete(sessions)
        .where(and(eq(sessions.id, id), eq(sessions.userId, userId)));
      if (rowCount === 1) this.audit.record({ action: 'sessions.revoke', target: `session:${id}` });
    });
  }

  /**
   * Ends every session of this user, and those in which the user acts as another, except the session `except`. It also ends
   * every sign-in that waits for its second factor.
   */
  revokeAll(userId: string, { except }: { except?: string } = {}): Promise<void> {
    const isTheirs = or(eq(sessions.userId, userId), eq(sessions.impersonatorId, userId));
    const isOther = except === undefined ? undefined : ne(sessions.id, except);
    return this.db.transaction(async () => {
      await this.revocations.sessionsRevoked(userId);
      const { rowCount: count } = await this.db.tx.delete(sessions).where(and(isTheirs, isOther));
      if (count)
        this.audit.record({ action: 'sessions.revoke-all', target: `user:${userId}`, meta: { count } });
    });
  }

  async #endOldest(userId: string): Promise<void> {
    const surplus = this.db.tx
      .select({ id: sessions.id })
      .from(sessions)
      .where(and(eq(sessions.userId, userId), isNull(sessions.impersonatorId)))
      .orderBy(desc(sessions.createdAt), desc(sessions.id))
      .offset(maxSessions - 1);
    await this.db.tx.delete(sessions).where(sql`${sessions.id} in ${surplus}`);
  }
}
