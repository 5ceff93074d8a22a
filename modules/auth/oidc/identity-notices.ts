import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { Database } from '#libs/database';
import { Mailer } from '#libs/mail';
import { type JobRun, ProcessJob } from '#modules/jobs';
import { users } from '#modules/users';
import { noticeIdentityChange } from './oidc.contract.js';

const texts = {
  linked: (provider: string) => ({
    subject: 'A way to sign in was added',
    text: `From now on you can sign in to your account with ${provider}.`,
  }),
  unlinked: (provider: string) => ({
    subject: 'A way to sign in was removed',
    text: `You can no longer sign in to your account with ${provider}. Your other sessions have ended.`,
  }),
};

/** Tells the owner of an account, whoever changed it (ASVS 5.0 6.3.7). */
@Injectable()
export class IdentityNotices {
  constructor(
    private readonly db: Database,
    private readonly mailer: Mailer,
  ) {}

  @ProcessJob(noticeIdentityChange)
  async send({ id, data }: JobRun<{ userId: string; provider: string; change: 'linked' | 'unlinked' }>) {
    const [user] = await this.db.conn
      .select({ email: users.email })
      .from(users)
      .where(eq(users.id, data.userId));
    if (!user) return;
    const { subject, text } = texts[data.change](data.provider);
    const advice = 'If it was not you, choose a new password at once and look at your identities.';
    await this.mailer.send({ key: id, to: user.email, subject, text: `${text}\n\n${advice}\n` });
  }
}
