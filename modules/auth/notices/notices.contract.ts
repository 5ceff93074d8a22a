import { z } from 'zod';
import { defineJob } from '#modules/jobs';
import { mailJob } from '../auth.contract.js';

/** What a person is told after the fact, so that whoever did not do it can act (ASVS 5.0 6.3.7). */
export const notices = {
  'password-changed': {
    subject: 'Your password was changed',
    text: 'The password of your account was changed just now, and all other sessions have ended.',
  },
  'email-changed': {
    subject: 'Your address was changed',
    text: 'Your account now has another address; this one can no longer be used to sign in. All other sessions have ended.',
  },
} as const;

export const notify = defineJob(
  'auth.notify',
  z.object({ email: z.string(), notice: z.enum(Object.keys(notices) as [keyof typeof notices]) }),
  mailJob,
);
