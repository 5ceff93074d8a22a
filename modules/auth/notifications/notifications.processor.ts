import { Injectable } from '@nestjs/common';
import { type JobRun, ProcessJob } from '#libs/queue';
import { NoticeMails } from './notification-mails.js';
import { type Notification, notify } from './notifications.contract.js';

@Injectable()
export class NoticesProcessor {
  constructor(private readonly mails: NoticeMails) {}

  @ProcessJob(notify)
  notify({ id, data }: JobRun<Notification>) {
    return this.mails.send(id, data);
  }
}
