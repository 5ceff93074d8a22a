import { Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { Config, Keyring } from '#libs/config';
import { Database } from '#libs/database';
import { users } from '#modules/users';
import { content, LimitedMailer } from '../mail-limits/limited-mailer.js';
import { registrations } from '../registrations/registrations.schema.js';
import { PasswordResetsService } from '../passwords/password-resets.service.js';
import { mailedLink } from '../secrets/mailed-links.contract.js';
import { findLinkToken } from '../secrets/secrets.js';

/**
 * The greeting of a person who has not proven that the address is theirs. It names nobody, because a stranger chose the name
 * and could write an advertisement with it.
 */
const greeting = 'Hello,';

const knownText = content('You have an account already', [
  'Somebody, probably you, tried to register with this address. It has an account already: sign in, or ask for a new password.',
  'If it was not you, do nothing.',
]);

/**
 * Sends the mails of auth. Only here, and not in the request, is it determined whether an address has an account, which the
 * request must not reveal. Sending a mail twice is harmless: the link is the same, and the key of the mail identifies the
 * repetition.
 */
@Injectable()
export class AccountMailer {
  constructor(
    private readonly db: Database,
    private readonly mails: LimitedMailer,
    private readonly keyring: Keyring,
    private readonly config: Config,
    private readonly resets: PasswordResetsService,
  ) {}

  async answerRegistration(registrationId: string, key: string): Promise<void> {
    const [registration] = await this.db.conn
      .select({ email: registrations.email, tokenHash: registrations.tokenHash })
      .from(registrations)
      .where(eq(registrations.id, registrationId));
    // The owner has verified the registration, or it expired while the mail could not be sent.
    if (!registration) return;
    const { email, tokenHash } = registration;
    await this.mails.send('registration', { key, to: email }, async () => {
      const account = await this.#find(email);
      if (account?.status === 'invited') return this.#invitation(account.id, key);
      return account ? knownText : this.#verification(registrationId, tokenHash);
    });
  }

  async answerResetRequest(email: string, key: string): Promise<void> {
    const account = await this.#find(email);
    // An address without an account gets no mail about one.
    if (!account || account.status === 'disabled') return;
    await this.mails.send('password-reset', { key, to: email }, async () => {
      const token = await this.resets.issue('password-reset', account.id, key);
      if (!(await this.resets.replaceOlder(token))) return undefined;
      return content('Choose a new password', [
        'Open this link within 10 minutes to choose a new password:',
        mailedLink(this.config, 'reset-password', token),
        'It ends all your sessions and API keys. If you did not ask for it, do nothing.',
      ]);
    });
  }

  async invite(userId: string, key: string): Promise<void> {
    const [user] = await this.db.conn
      .select({ email: users.email })
      .from(users)
      .where(and(eq(users.id, userId), eq(users.status, 'invited')));
    if (!user) return;
    await this.mails.send('invitation', { key, to: user.email }, () => this.#invitation(userId, key));
  }

  #verification(registrationId: string, tokenHash: Buffer) {
    const token = findLinkToken(this.keyring, 'registration', registrationId, tokenHash);
    if (!token) throw new Error('The key of this registration is no longer in SECRET_KEYS.');
    return content('Please verify your address', [
      greeting,
      'open this link within 24 hours to finish your registration:',
      mailedLink(this.config, 'verify-email', token),
      'If you did not register, do nothing: the registration then expires.',
    ]);
  }

  async #invitation(userId: string, key: string) {
    const token = await this.resets.issue('account-setup', userId, key);
    if (!(await this.resets.replaceOlder(token))) return undefined;
    return content('You are invited', [
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
}
