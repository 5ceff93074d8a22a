import { z } from 'zod';
import { defineJob, defineSchedule } from '#libs/queue';

/** The next round makes up for one that failed. */
export const rollUpSamples = defineJob('ops.roll-up-samples', z.strictObject({}), {
  transactional: false,
  attempts: 2,
});

defineSchedule('ops.roll-up-samples', { cron: '* * * * *', job: rollUpSamples, data: {}, missed: 'skip' });
