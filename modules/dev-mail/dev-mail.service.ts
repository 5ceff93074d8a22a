import { Injectable } from '@nestjs/common';
import { desc, eq } from 'drizzle-orm';
import { Database, newId, refuseInTransaction } from '#libs/database';
import { assertSendable, type Mailer, type Message } from '#libs/mail';
import type { DevMailQuery } from './dev-mail.contract.js';
import { devMails } from './dev-mail.schema.js';

/** Stores mail in the database instead of sending it, so that a developer needs no mail server. */
@Injectable()
export class DevMailService implements Mailer {
  constructor(private readonly db: Database) {}

  async send(message: Message): Promise<void> {
    refuseInTransaction('Mail');
    assertSendable(message);
    const { key, subject, text } = message;
    await this.db.conn
      .insert(devMails)
      .values({ id: newId(), key, toAddress: message.to, subject, text })
      .onConflictDoNothing();
  }

  /** Returns the stored mail, the newest first. */
  list({ to, limit }: DevMailQuery) {
    return this.db.conn
      .select({
        id: devMails.id,
        to: devMails.toAddress,
        subject: devMails.subject,
        text: devMails.text,
        received_at: devMails.receivedAt,
      })
      .from(devMails)
      .where(to === undefined ? undefined : eq(devMails.toAddress, to))
      .orderBy(desc(devMails.id))
      .limit(limit);
  }
}
