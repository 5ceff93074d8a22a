import { z } from 'zod';
import { defineJob, defineSchedule } from '#libs/queue';

/** Of its own transactions: one for each seal. A round that failed is made up for by the next. */
export const sealAudit = defineJob('audit.seal', z.strictObject({}), {
  transactional: false,
  attempts: 2,
});

defineSchedule('audit.seal', { cron: '* * * * *', job: sealAudit, data: {}, missed: 'skip' });
