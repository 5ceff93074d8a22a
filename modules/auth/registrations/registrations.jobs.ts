import { z } from 'zod';
import { defineJob } from '#libs/queue';
import { mailJob } from '../secrets/mailed-links.contract.js';

export const answerRegistration = defineJob(
  'auth.answer-registration',
  z.object({ registrationId: z.uuid() }),
  mailJob,
);
