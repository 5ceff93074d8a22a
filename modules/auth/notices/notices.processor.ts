import { Injectable } from '@nestjs/common';
import { type JobRun, ProcessJob } from '#modules/jobs';
import { NoticeMails } from './notice-mails.js';
import { type Notification, notify } from './notices.contract.js';

@Injectable()
export class NoticesProcessor {
  constructor(private readonly mails: NoticeMails) {}

  @ProcessJob(notify)
  notify({ id, data }: JobRun<Notification>) {
    return this.mails.send(id, data);
  }
}
