import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { Database } from '#libs/database';
import { Mailer } from '#libs/mail';
import { type JobRun, ProcessJob } from '#modules/jobs';
import { users } from '#modules/users';
import { type ImpersonationNotice, notifyImpersonation } from './impersonations.contract.js';

@Injectable()
export class ImpersonationsProcessor {
  constructor(
    private readonly db: Database,
    private readonly mailer: Mailer,
  ) {}

  /** Says it to the user. Twice is harmless: the key is the same. */
  @ProcessJob(notifyImpersonation)
  async notify({ id, data: { userId, reason } }: JobRun<ImpersonationNotice>): Promise<void> {
    const [user] = await this.db.conn.select({ email: users.email }).from(users).where(eq(users.id, userId));
    // Deleted meanwhile: there is nobody to tell.
    if (!user) return;
    await this.mailer.send({
      key: id,
      to: user.email,
      subject: 'An administrator signed in as you',
      text: [
        'An administrator of this installation signed in as you, for at most 30 minutes. They see what you see; they cannot change your password, address, second factors or keys.',
        `The reason they gave: ${reason}`,
        'GET /v1/sessions lists the session while it lasts, and you can end it there.\n',
      ].join('\n\n'),
    });
  }
}
