import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { defineJob, defineSchedule, ProcessJob } from '#libs/queue';
import { AuditSealer } from './audit-sealer.js';

/** Of its own transactions: one for each seal. A round that failed is made up for by the next. */
export const sealAudit = defineJob('audit.seal', z.strictObject({}), {
  transactional: false,
  attempts: 2,
});

defineSchedule('audit.seal', { cron: '* * * * *', job: sealAudit, data: {}, missed: 'skip' });

@Injectable()
export class AuditProcessor {
  constructor(private readonly sealing: AuditSealer) {}

  @ProcessJob(sealAudit)
  seal(): Promise<void> {
    return this.sealing.seal();
  }
}
