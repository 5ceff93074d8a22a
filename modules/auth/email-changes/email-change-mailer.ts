import { Injectable } from '@nestjs/common';
import { and, eq, gt, sql } from 'drizzle-orm';
import { Config, Keyring } from '#libs/config';
import { Database } from '#libs/database';
import { Mailer } from '#libs/mail';
import { type JobRun, ProcessJob } from '#libs/queue';
import { users } from '#modules/users';
import { type MailedPage, mailedLink } from '../secrets/mailed-links.contract.js';
import { findLinkToken } from '../secrets/secrets.js';
import { mailEmailChange } from './email-changes.jobs.js';
import { emailChanges } from './email-changes.schema.js';

/**
 * Sends the two mails of a change. Only here, and not in the request, is it determined whether the new address is taken,
 * which the request must not reveal.
 */
@Injectable()
export class EmailChangeMailer {
  constructor(
    private readonly db: Database,
    private readonly mailer: Mailer,
    private readonly keyring: Keyring,
    private readonly config: Config,
  ) {}

  @ProcessJob(mailEmailChange)
  async send({ id, data }: JobRun<{ changeId: string; to: 'new' | 'old' }>): Promise<void> {
    const change = await this.#find(data.changeId);
    // The change was replaced, cancelled or confirmed, or has expired.
    if (!change) return;
    if (data.to === 'old') return this.#warn(id, change);
    if (await this.#isTaken(change.email)) return this.#notifyOwner(id, change.email);
    return this.#ask(id, change);
  }

  async #find(changeId: string) {
    const [change] = await this.db.conn
      .select({
        id: emailChanges.id,
        email: emailChanges.email,
        tokenHash: emailChanges.tokenHash,
        cancelHash: emailChanges.cancelHash,
        old: users.email,
      })
      .from(emailChanges)
      .innerJoin(users, eq(users.id, emailChanges.userId))
      .where(and(eq(emailChanges.id, changeId), gt(emailChanges.expiresAt, sql`now()`)));
    return change;
  }

  async #isTaken(email: string): Promise<boolean> {
    return (await this.db.conn.$count(users, eq(users.email, email))) > 0;
  }

  #ask(key: string, { id, email, tokenHash }: { id: string; email: string; tokenHash: Buffer }) {
    return this.#send(key, email, 'Please prove your new address', [
      'Open this link within an hour, in the browser where you are signed in, to use this address for your account:',
      this.#link('change-email', 'email-change', id, tokenHash),
      'If you did not ask for it, do nothing.',
    ]);
  }

  #warn(key: string, { id, old, cancelHash }: { id: string; old: string; cancelHash: Buffer }) {
    return this.#send(key, old, 'Your address is about to change', [
      'Somebody who is signed in to your account asked to use another address for it.',
      'If it was not you, open this link to cancel the change, and then choose a new password:',
      this.#link('cancel-email-change', 'email-change-cancel', id, cancelHash),
    ]);
  }

  #notifyOwner(key: string, email: string) {
    return this.#send(key, email, 'This address has an account already', [
      'Somebody asked to use this address for another account. That is not possible as long as yours has it.',
      'If it was not you, do nothing.',
    ]);
  }

  #link(page: MailedPage, purpose: string, id: string, hash: Buffer): string {
    const token = findLinkToken(this.keyring, purpose, id, hash);
    if (!token) throw new Error('The key of this change is no longer in SECRET_KEYS.');
    return mailedLink(this.config, page, token);
  }

  #send(key: string, to: string, subject: string, paragraphs: string[]): Promise<void> {
    return this.mailer.send({ key, to, subject, text: `${paragraphs.join('\n\n')}\n` });
  }
}
