import { Injectable } from '@nestjs/common';
import { and, eq, gt, sql } from 'drizzle-orm';
import { Config, Keyring } from '#libs/config';
import { Database } from '#libs/database';
import { Mailer } from '#libs/mail';
import { type JobRun, ProcessJob } from '#libs/queue';
import { users } from '#modules/users';
import { content, LimitedMailer } from '../mail-limits/limited-mailer.js';
import { type MailedPage, mailedLink } from '../secrets/mailed-links.contract.js';
import { findLinkToken } from '../secrets/secrets.js';
import { mailEmailChange } from './email-changes.jobs.js';
import { emailChanges } from './email-changes.schema.js';

const takenText = content('This address has an account already', [
  'Somebody asked to use this address for another account. That is not possible as long as yours has it.',
  'If it was not you, do nothing.',
]);

/**
 * Sends the two mails of a change. Only here, and not in the request, is it determined whether the new address is taken,
 * which the request must not reveal.
 */
@Injectable()
export class EmailChangeMailer {
  constructor(
    private readonly db: Database,
    private readonly mailer: Mailer,
    private readonly mails: LimitedMailer,
    private readonly keyring: Keyring,
    private readonly config: Config,
  ) {}

  @ProcessJob(mailEmailChange)
  async send({ id, data }: JobRun<{ changeId: string; to: 'new' | 'old' }>): Promise<void> {
    const change = await this.#find(data.changeId);
    // The change was replaced, cancelled or confirmed, or has expired.
    if (!change) return;
    // The warning is not limited: a thief could use up the limit first, and the owner would not hear of the change.
    if (data.to === 'old') return this.mailer.send({ key: id, to: change.old, ...this.#warning(change) });
    await this.mails.send('email-change', { key: id, to: change.email }, async () =>
      (await this.#isTaken(change.email)) ? takenText : this.#question(change),
    );
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

  #question({ id, tokenHash }: { id: string; tokenHash: Buffer }) {
    return content('Please prove your new address', [
      'Open this link within an hour, in the browser where you are signed in, to use this address for your account:',
      this.#link('change-email', 'email-change', id, tokenHash),
      'If you did not ask for it, do nothing.',
    ]);
  }

  #warning({ id, cancelHash }: { id: string; cancelHash: Buffer }) {
    return content('Your address is about to change', [
      'Somebody who is signed in to your account asked to use another address for it.',
      'If it was not you, open this link to cancel the change, and then choose a new password:',
      this.#link('cancel-email-change', 'email-change-cancel', id, cancelHash),
    ]);
  }

  #link(page: MailedPage, purpose: string, id: string, hash: Buffer): string {
    const token = findLinkToken(this.keyring, purpose, id, hash);
    if (!token) throw new Error('The key of this change is no longer in SECRET_KEYS.');
    return mailedLink(this.config, page, token);
  }
}
