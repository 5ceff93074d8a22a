import { Injectable } from '@nestjs/common';
import { and, eq, gt, sql } from 'drizzle-orm';
import { advisoryLocks, Database } from '#libs/database';
import { Mailer, type Message } from '#libs/mail';
import { hashOf } from '../secrets/secrets.js';
import { limitedMails } from './limited-mails.schema.js';

/** The number of mails of one kind to one address per window: enough for an owner who cannot find one, too few to fill a mailbox. */
const mailsPerWindow = 3;

/**
 * The window. A reset link works as long, so when a stranger uses the window up, the owner has a link that works.
 */
const window = sql`now() - interval '10 minutes'`;

type Kind = (typeof limitedMails.$inferSelect)['kind'];

type Content = Pick<Message, 'subject' | 'text'>;

export const content = (subject: string, paragraphs: string[]): Content => ({
  subject,
  text: `${paragraphs.join('\n\n')}\n`,
});

/**
 * Sends every mail that somebody other than its recipient can cause, and limits how many one address gets. Each kind has a limit
 * of its own: whoever registers with an address all the time must not keep the owner from a reset. Nobody learns of the limit.
 */
@Injectable()
export class LimitedMailer {
  constructor(
    private readonly db: Database,
    private readonly mailer: Mailer,
  ) {}

  /**
   * Sends the mail that `compose` returns, if it returns one. It does not call `compose` when the address has already had its
   * mails of this window. `key` is the id of the job: a repeated job gets the decision that it got before. Must not run in a transaction.
   */
  async send(
    kind: Kind,
    { key, to }: Pick<Message, 'key' | 'to'>,
    compose: () => Promise<Content | undefined>,
  ): Promise<void> {
    if (!(await this.#admits(kind, key, to))) return;
    const composed = await compose();
    if (composed) await this.mailer.send({ key, to, ...composed });
  }

  #admits(kind: Kind, key: string, to: string): Promise<boolean> {
    const recipient = hashOf(to);
    return this.db.transaction(async () => {
      // Two mails to one address must not each be the third.
      const lock = recipient.readInt32BE();
      await this.db.tx.execute(sql`select pg_advisory_xact_lock(${advisoryLocks.limitedMails}, ${lock})`);
      if ((await this.db.tx.$count(limitedMails, eq(limitedMails.key, key))) > 0) return true;
      const isSame = and(eq(limitedMails.recipient, recipient), eq(limitedMails.kind, kind));
      const sent = await this.db.tx.$count(limitedMails, and(isSame, gt(limitedMails.sentAt, window)));
      if (sent >= mailsPerWindow) return false;
      await this.db.tx.insert(limitedMails).values({ key, kind, recipient });
      return true;
    });
  }
}
