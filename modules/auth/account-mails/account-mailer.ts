import { Injectable } from '@nestjs/common';
import { and, eq, gte, lt, type SQL } from 'drizzle-orm';
import { Config, Keyring } from '#libs/config';
import { Database } from '#libs/database';
import { Mailer } from '#libs/mail';
import { users } from '#modules/users';
import { oneTimeTokens } from '../passwords/passwords.schema.js';
import { registrations } from '../registrations/registrations.schema.js';
import { PasswordResetsService } from '../passwords/password-resets.service.js';
import { mailedLink } from '../secrets/mailed-links.contract.js';
import { findLinkToken, hashOf } from '../secrets/secrets.js';

/** The number of mails to one address per window: enough for an owner who cannot find a mail, too few to fill a mailbox. */
const mailsPerWindow = 3;

/**
 * Milliseconds. A reset link works as long as a window, so when a stranger uses the window up, the owner has a link that works.
 */
const windowMs = 600_000;

/**
 * The greeting of a person who has not proven that the address is theirs. It names nobody, because a stranger chose the name
 * and could write an advertisement with it.
 */
const greeting = 'Hello,';

/**
 * Sends the mails of auth. Only here, and not in the request, is it determined whether an address has an account, which the
 * request must not reveal. Sending a mail twice is harmless: the link is the same, and the key of the mail identifies the
 * repetition.
 */
@Injectable()
export class AccountMailer {
  constructor(
    private readonly db: Database,
    private readonly mailer: Mailer,
    private readonly keyring: Keyring,
    private readonly config: Config,
    private readonly resets: PasswordResetsService,
  ) {}

  async answerRegistration(registrationId: string, key: string): Promise<void> {
    const [registration] = await this.db.conn
      .select({
        email: registrations.email,
        tokenHash: registrations.tokenHash,
        expiresAt: registrations.expiresAt,
      })
      .from(registrations)
      .where(eq(registrations.id, registrationId));
    // The owner has verified the registration, or it expired while the mail could not be sent.
    if (!registration) return;
    const { email, tokenHash, expiresAt } = registration;
    if (await this.#exceedsLimit(registrations, eq(registrations.email, email), expiresAt)) return;
    const account = await this.#find(email);
    if (account?.status === 'invited') return this.invite(account.id, key);
    if (account) return this.#send(key, email, 'You have an account already', this.#knownText());
    const token = findLinkToken(this.keyring, 'registration', registrationId, tokenHash);
    if (!token) throw new Error('The key of this registration is no longer in SECRET_KEYS.');
    await this.#send(key, email, 'Please verify your address', [
      greeting,
      'open this link within 24 hours to finish your registration:',
      mailedLink(this.config, 'verify-email', token),
      'If you did not register, do nothing: the registration then expires.',
    ]);
  }

  async answerResetRequest(email: string, key: string): Promise<void> {
    const account = await this.#find(email);
    // An address without an account gets no mail about one.
    if (!account || account.status === 'disabled') return;
    const token = await this.resets.issue('password-reset', account.id, key);
    const isReset = and(eq(oneTimeTokens.userId, account.id), eq(oneTimeTokens.purpose, 'password-reset'))!;
    const [issued] = await this.db.conn
      .select({ expiresAt: oneTimeTokens.expiresAt })
      .from(oneTimeTokens)
      .where(eq(oneTimeTokens.hash, hashOf(token)));
    if (!issued || (await this.#exceedsLimit(oneTimeTokens, isReset, issued.expiresAt))) return;
    // Only now: a link that is not mailed must not end the one that the owner has.
    if (!(await this.resets.replaceOlder(token))) return;
    await this.#send(key, email, 'Choose a new password', [
      'Open this link within 10 minutes to choose a new password:',
      mailedLink(this.config, 'reset-password', token),
      'It ends all your sessions. If you did not ask for it, do nothing.',
    ]);
  }

  async invite(userId: string, key: string): Promise<void> {
    const [user] = await this.db.conn
      .select({ email: users.email })
      .from(users)
      .where(and(eq(users.id, userId), eq(users.status, 'invited')));
    if (!user) return;
    const token = await this.resets.issue('account-setup', userId, key);
    if (!(await this.resets.replaceOlder(token))) return;
    await this.#send(key, user.email, 'You are invited', [
      greeting,
      'an account was made for you. Open this link within 72 hours to choose your password:',
      mailedLink(this.config, 'set-up-account', token),
    ]);
  }

  async #find(email: string) {
    const [account] = await this.db.conn
      .select({ id: users.id, status: users.status })
      .from(users)
      .where(eq(users.email, email));
    return account;
  }

  /**
   * Returns whether the address has already had its mails of this window, because any caller can cause mails to any address.
   * The caller does not learn of it. Only earlier mails of the same window count: a caller who keeps asking must not keep the
   * owner from ever getting one.
   */
  async #exceedsLimit(
    table: typeof registrations | typeof oneTimeTokens,
    isSame: SQL,
    /** The expiry of the token to be mailed. All tokens have the same lifetime, so it gives their order. */
    expiresAt: Date,
  ): Promise<boolean> {
    const windowStart = new Date(Math.floor(expiresAt.getTime() / windowMs) * windowMs);
    const isEarlier = and(lt(table.expiresAt, expiresAt), gte(table.expiresAt, windowStart));
    return (await this.db.conn.$count(table, and(isSame, isEarlier))) >= mailsPerWindow;
  }

  #knownText(): string[] {
    return [
      'Somebody, probably you, tried to register with this address. It has an account already: sign in, or ask for a new password.',
      'If it was not you, do nothing.',
    ];
  }

  #send(key: string, to: string, subject: string, paragraphs: string[]): Promise<void> {
    return this.mailer.send({ key, to, subject, text: `${paragraphs.join('\n\n')}\n` });
  }
}
