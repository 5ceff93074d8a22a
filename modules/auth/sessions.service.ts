import { Injectable } from '@nestjs/common';
import { and, desc, eq, gt, sql } from 'drizzle-orm';
import { AuthenticationRequired, permissionsOf, type Principal } from '#libs/access';
import { Database, newId } from '#libs/database';
import { users } from '#modules/users';
import { type Credentials, CredentialsWrong } from './auth.contract.js';
import { credentials, sessions } from './auth.schema.js';
import { Passwords } from './passwords.js';
import { hashOf, newSecret } from './secrets.js';

/** NIST SP 800-63B-4 section 2.2.3: at most an hour idle and a day in all without proving again who it is. */
const idleLifetime = sql`now() + interval '1 hour'`;
const absoluteLifetime = sql`now() + interval '24 hours'`;

/** A session's use is noted once a minute: a write for every request would cost more than the request. */
const unnoted = sql<boolean>`${sessions.lastSeenAt} < now() - interval '1 minute'`;

/** Sessions a person can have; the oldest end first. */
const maxSessions = 20;

/** Characters; what browsers send is shorter, and only people read it. */
const maxUserAgentLength = 256;

const isLive = and(
  gt(sessions.idleExpiresAt, sql`now()`),
  gt(sessions.absoluteExpiresAt, sql`now()`),
  eq(users.status, 'active'),
  eq(sessions.authEpoch, users.authEpoch),
);

/** A password that was right for this user a moment ago. */
interface Proof {
  userId: string;
  passwordHash: string;
}

const isStill = ({ userId, passwordHash }: Proof) =>
  and(eq(credentials.userId, userId), eq(credentials.passwordHash, passwordHash));

/** Sessions are rows; the cookie holds a random secret whose hash finds the row. Nothing about them is cached. */
@Injectable()
export class SessionsService {
  readonly #byToken;

  constructor(
    private readonly db: Database,
    private readonly passwords: Passwords,
  ) {
    this.#byToken = db.conn
      .select({ id: sessions.id, userId: sessions.userId, role: users.role, isUnnoted: unnoted })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(and(eq(sessions.tokenHash, sql.placeholder('tokenHash')), isLive))
      .prepare('sessions_by_token');
  }

  /** Who holds this secret, or nothing when its session has ended. One query. */
  async authenticate(secret: string): Promise<Principal | undefined> {
    const [session] = await this.#byToken.execute({ tokenHash: hashOf(secret) });
    if (!session) return undefined;
    if (session.isUnnoted) await this.#note(session.id);
    return {
      kind: 'user',
      id: session.userId,
      sessionId: session.id,
      permissions: permissionsOf(session.role),
    };
  }

  /** Starts a session; the secret is for the cookie and exists nowhere else. Throws {@link CredentialsWrong}. */
  async signIn({ email, password }: Credentials, userAgent: string | undefined) {
    const proven = await this.#verify(email, password);
    const secret = newSecret();
    const id = newId();
    await this.db.transaction(async () => {
      const { authEpoch } = await this.#hold(proven);
      await this.#endOldest(proven.userId);
      await this.db.tx.insert(sessions).values({
        id,
        tokenHash: hashOf(secret),
        userId: proven.userId,
        authEpoch,
        userAgent: userAgent?.slice(0, maxUserAgentLength),
        idleExpiresAt: idleLifetime,
        absoluteExpiresAt: absoluteLifetime,
      });
    });
    return { secret, session: await this.get(id) };
  }

  async get(id: string) {
    const [row] = await this.db.conn
      .select({
        id: sessions.id,
        user: { id: users.id, email: users.email, name: users.name, role: users.role },
        created_at: sessions.createdAt,
        expires_at: sessions.absoluteExpiresAt,
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(eq(sessions.id, id));
    if (!row) throw new AuthenticationRequired();
    return { ...row, permissions: [...permissionsOf(row.user.role)] };
  }

  /** The live sessions of a user, the latest first. */
  async list({ id: userId, sessionId }: Principal) {
    const data = await this.db.conn
      .select({
        id: sessions.id,
        current: sql<boolean>`${sessions.id} = ${sessionId}`,
        user_agent: sessions.userAgent,
        created_at: sessions.createdAt,
        last_seen_at: sessions.lastSeenAt,
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(and(eq(sessions.userId, userId), isLive))
      .orderBy(desc(sessions.createdAt))
      .limit(maxSessions);
    return { data };
  }

  /** Ends a session of this user. That it has ended already is no error: the wish is fulfilled. */
  async revoke(id: string, userId: string): Promise<void> {
    await this.db.conn.delete(sessions).where(and(eq(sessions.id, id), eq(sessions.userId, userId)));
  }

  async #verify(email: string, password: string): Promise<Proof> {
    const [found] = await this.db.conn
      .select({ userId: users.id, status: users.status, passwordHash: credentials.passwordHash })
      .from(users)
      .innerJoin(credentials, eq(credentials.userId, users.id))
      .where(eq(users.email, email));
    const matches = await this.passwords.matches(found?.passwordHash, password);
    if (!found || !matches || found.status !== 'active') throw new CredentialsWrong();
    return this.passwords.isOutdated(found.passwordHash) ? this.#rehash(found, password) : found;
  }

  async #rehash(proven: Proof, password: string): Promise<Proof> {
    const passwordHash = await this.passwords.hash(password);
    const { rowCount } = await this.db.conn.update(credentials).set({ passwordHash }).where(isStill(proven));
    return rowCount === 1 ? { ...proven, passwordHash } : proven;
  }

  /** Keeps the password what it was when it was checked: a reset meanwhile has ended the sessions that it found. */
  async #hold(proven: Proof): Promise<{ authEpoch: number }> {
    const [held] = await this.db.tx
      .select({ authEpoch: users.authEpoch })
      .from(credentials)
      .innerJoin(users, eq(users.id, credentials.userId))
      .where(isStill(proven))
      .for('share');
    if (!held) throw new CredentialsWrong();
    return held;
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
      .where(eq(sessions.userId, userId))
      .orderBy(desc(sessions.createdAt), desc(sessions.id))
      .offset(maxSessions - 1);
    await this.db.tx.delete(sessions).where(sql`${sessions.id} in ${surplus}`);
  }
}
