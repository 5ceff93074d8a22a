import { z } from 'zod';
import { defineJob, defineSchedule } from '#libs/queue';

export const rotateSigningKeys = defineJob('auth.rotate-signing-keys', z.strictObject({}), { attempts: 2 });

/** The job runs twice in the ten minutes for which a new key is published before it signs. */
defineSchedule('auth.rotate-signing-keys', {
  cron: '*/5 * * * *',
  job: rotateSigningKeys,
  data: {},
  missed: 'skip',
});
