import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { Database } from '#libs/database';
import { users } from '#modules/users';
import { credentials } from '../passwords/passwords.schema.js';
import { MfaChallengesService } from './mfa-challenges.service.js';
import type { Method } from '../mfa/mfa.contract.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { SignInFailureRecorder } from './sign-in-failure-recorder.js';
import { type Credentials } from './sessions.contract.js';
import { countSignIn } from './sign-in-metrics.js';
import { CredentialsWrong } from '../sessions/session-problems.js';
import { type Browser, SessionsService, type SessionStart } from '../sessions/sessions.service.js';

/**
 * The result of a first factor. The secret is for the cookie `sid`, or for the cookie `mfa` of a sign-in that waits for its
 * second factor.
 */
export type SignIn =
  | { status: 'signed_in'; secret: string; session: Awaited<ReturnType<SessionsService['get']>> }
  | { status: 'mfa_required'; secret: string; methods: Method[] };

/** A password that was right for this user a moment ago. */
interface Proof {
  userId: string;
  passwordHash: string;
}

const isUnchanged = ({ userId, passwordHash }: Proof) =>
  and(eq(credentials.userId, userId), eq(credentials.passwordHash, passwordHash));

/** Signs users in with a first factor. */
@Injectable()
export class SignInService {
  constructor(
    private readonly db: Database,
    private readonly passwords: PasswordsService,
    private readonly sessions: SessionsService,
    private readonly challenges: MfaChallengesService,
    private readonly failures: SignInFailureRecorder,
  ) {}

  /** Signs a user in with a password. Throws {@link CredentialsWrong}. */
  async withPassword({ email, password }: Credentials, browser: Browser) {
    const [found] = await this.db.conn
      .select({ userId: users.id, status: users.status, passwordHash: credentials.passwordHash })
      .from(users)
      .innerJoin(credentials, eq(credentials.userId, users.id))
      .where(eq(users.email, email));
    const matches = await this.passwords.matches(found?.passwordHash, password);
    if (!found || !matches || found.status !== 'active') {
      countSignIn({ method: 'password', outcome: 'failed' });
      await this.failures.record(email, found?.userId);
      throw new CredentialsWrong();
    }
    const proven = await this.#refreshed(found, password);
    return this.db.transaction(async () => {
      await this.#lockPassword(proven);
      return this.proceed({ userId: proven.userId, amr: ['pwd'], aal: 1, browser });
    });
  }

  /** Continues after any first factor, with a session or with a challenge for the second factor. Needs a transaction. */
  async proceed(start: SessionStart): Promise<SignIn> {
    const challenge = start.aal === 1 ? await this.challenges.open(start) : undefined;
    const method = start.provider ? 'provider' : 'password';
    this.db.afterCommit(() => countSignIn({ method, outcome: challenge ? 'unfinished' : 'succeeded' }));
    if (challenge) return { status: 'mfa_required', ...challenge };
    const { id, secret } = await this.sessions.start(start);
    return { status: 'signed_in', secret, session: await this.sessions.get(id) };
  }

  /** Checks the password of a signed-in user. Returns undefined when it is wrong. */
  async checkPassword(userId: string, password: string): Promise<Proof | undefined> {
    const [found] = await this.db.conn
      .select({ userId: credentials.userId, passwordHash: credentials.passwordHash })
      .from(credentials)
      .where(eq(credentials.userId, userId));
    return (await this.passwords.matches(found?.passwordHash, password)) ? found : undefined;
  }

  /** Allows the sensitive actions in a session, after a checked password. */
  elevate(proven: Proof, sessionId: string) {
    return this.db.transaction(async () => {
      await this.#lockPassword(proven);
      const secret = await this.sessions.elevate(sessionId);
      return { secret, session: await this.sessions.get(sessionId) };
    });
  }

  /** Replaces a hash that was made with other parameters than the current ones. */
  async #refreshed(proven: Proof, password: string): Promise<Proof> {
    if (!this.passwords.isOutdated(proven.passwordHash)) return proven;
    const passwordHash = await this.passwords.hash(password);
    const { rowCount } = await this.db.conn
      .update(credentials)
      .set({ passwordHash })
      .where(isUnchanged(proven));
    return rowCount === 1 ? { ...proven, passwordHash } : proven;
  }

  /**
   * Locks the password that was checked. A reset that came between has ended only the sessions that existed then. Throws when
   * the password was changed.
   */
  async #lockPassword(proven: Proof): Promise<void> {
    const held = await this.db.tx
      .select({ userId: credentials.userId })
      // The user is locked first, as in lockUserShared.
      .from(users)
      .innerJoin(credentials, eq(credentials.userId, users.id))
      .where(isUnchanged(proven))
      .for('share');
    if (held.length === 0) throw new CredentialsWrong();
  }
}
