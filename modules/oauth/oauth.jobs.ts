import { z } from 'zod';
import { defineJob, defineSchedule } from '#libs/queue';

export const rotateSigningKeys = defineJob('auth.rotate-signing-keys', z.strictObject({}), { attempts: 2 });

/**
 * Tells all administrators that somebody gave a service access, or changed or took it. auth, which sends notifications, handles
 * the job.
 */
export const reportServiceChange = defineJob(
  'oauth.report-service-change',
  z.object({
    name: z.string(),
    scopes: z.array(z.string()),
    change: z.enum(['create', 'change', 'remove']),
  }),
);
export type ServiceReport = z.output<(typeof reportServiceChange)['schema']>;

/** The job runs twice in the ten minutes for which a new key is published before it signs. */
defineSchedule('auth.rotate-signing-keys', {
  cron: '*/5 * * * *',
  job: rotateSigningKeys,
  data: {},
  missed: 'skip',
});
