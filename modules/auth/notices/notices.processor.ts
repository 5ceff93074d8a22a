import { Injectable } from '@nestjs/common';
import { Mailer } from '#libs/mail';
import { type JobRun, ProcessJob } from '#modules/jobs';
import { notices, notify } from './notices.contract.js';

@Injectable()
export class NoticesProcessor {
  constructor(private readonly mailer: Mailer) {}

  @ProcessJob(notify)
  notify({ id, data }: JobRun<{ email: string; notice: keyof typeof notices }>) {
    const { subject, text } = notices[data.notice];
    const advice = 'If it was not you, ask for a new password at once, and tell your administrator.';
    return this.mailer.send({ key: id, to: data.email, subject, text: `${text}\n\n${advice}\n` });
  }
}
