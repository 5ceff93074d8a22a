import { z } from 'zod';
import { defineJob, defineSchedule } from '#libs/queue';

/** Runs once a day, so that operators may remove a key from SECRET_KEYS a day after it stopped being the first. */
export const resealSecrets = defineJob('auth.reseal-secrets', z.object({}));
defineSchedule('auth.reseal-secrets', { cron: '17 3 * * *', job: resealSecrets, data: {} });
