import { z } from 'zod';
import { defineJob } from '#libs/queue';
import { mailJob } from '../secrets/mailed-links.contract.js';

/** Sends one of the two mails: `new` asks to prove the new address, `old` warns the old one. */
export const mailEmailChange = defineJob(
  'auth.mail-email-change',
  z.object({ changeId: z.uuid(), to: z.enum(['new', 'old']) }),
  mailJob,
);
