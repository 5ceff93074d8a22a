import { z } from 'zod';
import { defineJob, defineSchedule } from '#libs/queue';

/** The job runs its own transactions, one for each seal. The next round makes up for one that failed. */
export const sealAudit = defineJob('audit.seal', z.strictObject({}), {
  transactional: false,
  attempts: 2,
});

defineSchedule('audit.seal', { cron: '* * * * *', job: sealAudit, data: {}, missed: 'skip' });
