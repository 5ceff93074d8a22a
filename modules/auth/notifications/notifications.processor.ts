import { Injectable } from '@nestjs/common';
import { type JobRun, ProcessJob } from '#libs/queue';
import { NotificationMailer } from './notification-mailer.js';
import { type Notification, sendNotification } from './notifications.jobs.js';

@Injectable()
export class NotificationsProcessor {
  constructor(private readonly mails: NotificationMailer) {}

  @ProcessJob(sendNotification)
  notify({ id, data }: JobRun<Notification>) {
    return this.mails.send(id, data);
  }
}
