import { z } from 'zod';
import { defineJob } from '../outbox/job-definition.js';
import { defineSchedule } from '../schedules/schedule-definition.js';

/** Five minutes: the first round after a long stop has more to delete than one of every minute. */
export const sweepExpired = defineJob('jobs.sweep-expired', z.strictObject({}), {
  transactional: false,
  attempts: 2,
  timeoutMs: 5 * 60_000,
});

defineSchedule('jobs.sweep-expired', { cron: '* * * * *', job: sweepExpired, data: {}, missed: 'skip' });
