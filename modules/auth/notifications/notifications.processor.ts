import { Injectable } from '@nestjs/common';
import { type JobRun, ProcessJob } from '#libs/queue';
import { reportServiceChange, type ServiceReport } from '#modules/oauth';
import { reportRightsChange, type RightsReport } from '#modules/users';
import { NotificationMailer } from './notification-mailer.js';
import { type Notification, sendNotification } from './notifications.jobs.js';
import { RightsReportsService } from './rights-reports.service.js';

@Injectable()
export class NotificationsProcessor {
  constructor(
    private readonly mails: NotificationMailer,
    private readonly reports: RightsReportsService,
  ) {}

  @ProcessJob(sendNotification)
  notify({ id, data }: JobRun<Notification>) {
    return this.mails.send(id, data);
  }

  @ProcessJob(reportRightsChange)
  report(run: JobRun<RightsReport>) {
    return this.reports.report(run);
  }

  @ProcessJob(reportServiceChange)
  reportService(run: JobRun<ServiceReport>) {
    return this.reports.reportService(run);
  }
}
