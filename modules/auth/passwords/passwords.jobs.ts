import { z } from 'zod';
import { defineJob } from '#libs/queue';
import { mailJob } from '../secrets/mailed-links.contract.js';

export const answerResetRequest = defineJob(
  'auth.answer-reset-request',
  z.object({ email: z.string() }),
  mailJob,
);
