import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { Database } from '#libs/database';
import { Mailer } from '#libs/mail';
import { users } from '#modules/users';
import { renderNotification } from './notification-texts.js';
import type { Notification } from './notifications.jobs.js';

@Injectable()
export class NotificationMailer {
  constructor(
    private readonly db: Database,
    private readonly mailer: Mailer,
  ) {}

  /** Sends the mail. `key` is the id of the job, so that receivers can tell a repeated mail from two mails. */
  async send(key: string, { to, ...content }: Notification): Promise<void> {
    const email = 'email' in to ? to.email : await this.#findAddress(to.userId);
    // The account was deleted meanwhile, so there is no recipient.
    if (email === undefined) return;
    await this.mailer.send({ key, to: email, ...renderNotification(content) });
  }

  async #findAddress(userId: string): Promise<string | undefined> {
    const [user] = await this.db.conn.select({ email: users.email }).from(users).where(eq(users.id, userId));
    return user?.email;
  }
}
