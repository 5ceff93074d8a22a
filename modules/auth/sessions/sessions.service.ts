import { Injectable } from '@nestjs/common';
import { and, desc, eq, isNull, ne, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { AuthenticationRequired, permissionsOf, type UserPrincipal } from '#libs/access';
import { Audit } from '#libs/audit';
import { Database, newId } from '#libs/database';
import { users } from '#modules/users';
import { authChallenges } from '../mfa/mfa.schema.js';
import { mayActAs } from '../impersonations/impersonations.rules.js';
import { hashOf, newSecret } from '../secrets.js';
import { deviceName } from './device-name.js';
import { isLive } from './is-live.js';
import { CredentialsWrong } from './sessions.contract.js';
import { sessions } from './sessions.schema.js';

/** NIST SP 800-63B-4 section 2.2.3: at most an hour idle and a day in all without proving again who it is. */
const idleLifetime = sql`now() + interval '1 hour'`;
const absoluteLifetimeMinutes = 24 * 60;

/** How long sensitive actions are open after a proof. */
const sudoLifetime = sql`now() + interval '10 minutes'`;

/** A session's use is noted once a minute: a write for every request would cost more than the request. */
const unnoted = sql<boolean>`${sessions.lastSeenAt} < now() - interval '1 minute'`;

/** Sessions a person can have; the oldest end first. */
const maxSessions = 20;

/** Characters; what browsers send is shorter, and only people read it. */
const maxUserAgentLength = 256;

/** Who acts as the user of a session. */
const impersonators = alias(users, 'impersonators');

/** What ends all sessions of an administrator ends those too in which they act as somebody. */
const isImpersonatorLive = or(
  isNull(sessions.impersonatorId),
  and(eq(impersonators.status, 'active'), eq(impersonators.authEpoch, sessions.impersonatorEpoch)),
);

/** What the browser brought along. */
export interface Browser {
  userAgent: string | undefined;
  /** The secret of the session that it had until now: it ends with the new one. */
  replaced: string | undefined;
}

export interface SessionStart {
  userId: string;
  /** How it was proven who this is (RFC 8176). */
  amr: string[];
  /** NIST SP 800-63B-4: 1 one factor, 2 two of different kinds. */
  aal: 1 | 2;
  browser: Browser;
  impersonatorId?: string;
  /** A day when nothing is said. */
  lifetimeMinutes?: number;
  provider?: { name: string; sid: string | undefined };
}

/** Sessions are rows; the cookie holds a random secret whose hash finds the row. Nothing about them is cached. */
@Injectable()
export class SessionsService {
  readonly #byToken;

  constructor(
    private readonly db: Database,
    private readonly audit: Audit,
  ) {
    this.#byToken = db.conn
      .select({
        id: sessions.id,
        userId: sessions.userId,
        role: users.role,
        isUnnoted: unnoted,
        isSudo: sql<boolean>`coalesce(${sessions.sudoUntil} > now(), false)`,
        impersonatorId: sessions.impersonatorId,
        impersonatorRole: impersonators.role,
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .leftJoin(impersonators, eq(impersonators.id, sessions.impersonatorId))
      .where(and(eq(sessions.tokenHash, sql.placeholder('tokenHash')), isLive, isImpersonatorLive))
      .prepare('sessions_by_token');
  }

  /** Who holds this secret, or nothing when its session has ended. One query. */
  async authenticate(secret: string): Promise<UserPrincipal | undefined> {
    const [found] = await this.#byToken.execute({ tokenHash: hashOf(secret) });
    if (!found) return undefined;
    const permissions = permissionsOf(found.role);
    const { id, isSudo, impersonatorId, impersonatorRole } = found;
    // The rights of either may have changed since it started.
    if (impersonatorRole && !mayActAs(permissionsOf(impersonatorRole), permissions)) return undefined;
    if (found.isUnnoted) await this.#note(id);
    return {
      kind: 'user',
      id: found.userId,
      permissions,
      session: { id, isSudo, ...(impersonatorId && { impersonatorId }) },
    };
  }

  /**
   * Starts a session in the ambient transaction; the secret is for the cookie and exists nowhere else. Throws
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
   * Opens the sensitive actions of a session and gives it a new secret, as rights must not grow on one that may have
   * leaked (ASVS 5.0 7.2.4). Throws AuthenticationRequired when the session has ended, or is somebody else's who acts
   * as its user.
   */
  async elevate(id: string): Promise<string> {
    const secret = newSecret();
    await this.db.transaction(async () => {
      const { rowCount } = await this.db.tx
        .update(sessions)
        .set({ tokenHash: hashOf(secret), sudoUntil: sudoLifetime })
        .where(and(eq(sessions.id, id), isNull(sessions.impersonatorId)));
      if (rowCount === 0) throw new AuthenticationRequired();
      this.audit.record({ action: 'sudo.enter', target: `session:${id}` });
    });
    return secret;
  }

  /** Lets a session live on under a new secret when its user's epoch was raised. Throws AuthenticationRequired when it has ended. */
  async renew(id: string, authEpoch: number): Promise<string> {
    const secret = newSecret();
    const { rowCount } = await this.db.tx
      .update(sessions)
      .set({ tokenHash: hashOf(secret), authEpoch })
      .where(eq(sessions.id, id));
    if (rowCount === 0) throw new AuthenticationRequired();
    return secret;
  }

  /** Throws {@link AuthenticationRequired} when the session has ended. */
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

  /** The live sessions of a user, the latest first. */
  async list(userId: string, current: string) {
    const rows = await this.db.conn
      .select({
        id: sessions.id,
        current: sql<boolean>`${sessions.id} = ${current}`,
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

  /** Ends a session of this user. That it has ended already is no error: the wish is fulfilled. */
  revoke(id: string, userId: string): Promise<void> {
    return this.db.transaction(async () => {
      const { rowCount } = await this.db.tx
        .delete(sessions)
        .where(and(eq(sessions.id, id), eq(sessions.userId, userId)));
      if (rowCount === 1) this.audit.record({ action: 'sessions.revoke', target: `session:${id}` });
    });
  }

  /**
   * Ends every session of this user, and those in which they act as somebody, but for the one that stays; and every sign-in
   * that waits for its second factor.
   */
  revokeAll(userId: string, { except }: { except?: string } = {}): Promise<void> {
    const isTheirs = or(eq(sessions.userId, userId), eq(sessions.impersonatorId, userId));
    const isOther = except === undefined ? undefined : ne(sessions.id, except);
    return this.db.transaction(async () => {
      await this.db.tx.delete(authChallenges).where(eq(authChallenges.userId, userId));
      const { rowCount: count } = await this.db.tx.delete(sessions).where(and(isTheirs, isOther));
      if (count)
        this.audit.record({ action: 'sessions.revoke-all', target: `user:${userId}`, meta: { count } });
    });
  }

  async #note(id: string): Promise<void> {
    await this.db.conn
      .update(sessions)
      .set({ lastSeenAt: sql`now()`, idleExpiresAt: idleLifetime })
      .where(and(eq(sessions.id, id), unnoted));
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
