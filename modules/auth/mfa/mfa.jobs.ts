import { z } from 'zod';
import { defineJob, defineSchedule } from '#libs/queue';

/** Once a day, so that a key of SECRET_KEYS may go a day after it stopped being the first. */
export const resealSecrets = defineJob('auth.reseal-secrets', z.object({}));
defineSchedule('auth.reseal-secrets', { cron: '17 3 * * *', job: resealSecrets, data: {} });
