import { Injectable } from '@nestjs/common';
import { type JobRun, ProcessJob } from '#libs/queue';
import { inviteUser } from '#modules/users';
import { answerResetRequest } from '../passwords/passwords.jobs.js';
import { answerRegistration } from '../registrations/registrations.jobs.js';
import { AccountMailer } from './account-mailer.js';

@Injectable()
export class AccountMailsProcessor {
  constructor(private readonly mails: AccountMailer) {}

  @ProcessJob(answerRegistration)
  answerRegistration({ id, data }: JobRun<{ registrationId: string }>) {
    return this.mails.answerRegistration(data.registrationId, id);
  }

  @ProcessJob(answerResetRequest)
  answerResetRequest({ id, data }: JobRun<{ email: string }>) {
    return this.mails.answerResetRequest(data.email, id);
  }

  @ProcessJob(inviteUser)
  invite({ id, data }: JobRun<{ userId: string }>) {
    return this.mails.invite(data.userId, id);
  }
}
