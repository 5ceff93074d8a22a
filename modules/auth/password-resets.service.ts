import { Injectable } from '@nestjs/common';
import { and, eq, gt, ne, sql } from 'drizzle-orm';
import { Keyring } from '#libs/config';
import { Database } from '#libs/database';
import { JobsService } from '#modules/jobs';
import { users } from '#modules/users';
import { answerResetRequest, type ResetConfirmation, TokenInvalid } from './auth.contract.js';
import { credentials, oneTimeTokens, sessions } from './auth.schema.js';
import { Passwords } from './passwords.js';
import { hashOf, linkSecret } from './secrets.js';

type Purpose = (typeof oneTimeTokens.$inferSelect)['purpose'];

/** OWASP ASVS 5.0 6.5.5 for a reset; a set-up or invitation must survive a weekend. */
const lifetime: Record<Purpose, ReturnType<typeof sql>> = {
  'password-reset': sql`now() + interval '10 minutes'`,
  'account-setup': sql`now() + interval '72 hours'`,
};

/** Choosing a password without knowing the old one: after forgetting it, after an invitation, for the first administrator. */
@Injectable()
export class PasswordResetsService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly passwords: Passwords,
    private readonly keyring: Keyring,
  ) {}

  /** Promises a mail, whoever asks for whatever address: the mail job finds out whether there is an account. */
  request(email: string): Promise<void> {
    return this.db.transaction(async () => {
      this.jobs.enqueue(answerResetRequest, { email });
    });
  }

  /** The token of a link for this user; the same for the same `id`, so that a repeated mail job sends no second one. */
  async issue(purpose: Purpose, userId: string, id: string): Promise<string> {
    const token = linkSecret(this.keyring, purpose, id);
    await this.db.conn
      .insert(oneTimeTokens)
      .values({ hash: hashOf(token), purpose, userId, expiresAt: lifetime[purpose] })
      .onConflictDoNothing();
    return token;
  }

  /** Sets the password, ends every session and uses up every link of the user. Throws {@link TokenInvalid}. */
  async confirm({ token, password }: ResetConfirmation): Promise<void> {
    const passwordHash = await this.passwords.hash(password);
    await this.db.transaction(async () => {
      const [used] = await this.db.tx
        .delete(oneTimeTokens)
        .where(and(eq(oneTimeTokens.hash, hashOf(token)), gt(oneTimeTokens.expiresAt, sql`now()`)))
        .returning({ userId: oneTimeTokens.userId });
      if (!used) throw new TokenInvalid();
      const { userId } = used;
      await this.#activate(userId);
      await this.db.tx
        .insert(credentials)
        .values({ userId, passwordHash })
        .onConflictDoUpdate({ target: credentials.userId, set: { passwordHash, changedAt: sql`now()` } });
      await this.db.tx.delete(sessions).where(eq(sessions.userId, userId));
      await this.db.tx.delete(oneTimeTokens).where(eq(oneTimeTokens.userId, userId));
    });
  }

  /** The link came by mail, so it proves the address of an invitee too. A disabled user stays disabled. */
  async #activate(userId: string): Promise<void> {
    const [user] = await this.db.tx
      .update(users)
      .set({ status: 'active' })
      .where(and(eq(users.id, userId), ne(users.status, 'disabled')))
      .returning({ id: users.id });
    if (!user) throw new TokenInvalid();
  }
}
