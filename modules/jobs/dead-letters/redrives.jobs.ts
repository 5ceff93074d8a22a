import { z } from 'zod';
import { defineJob } from '#libs/queue';
import { deadLetterFilter, redriveRate } from './dead-letters.contract.js';

const redriveOrder = z.object({ filter: deadLetterFilter, rate_per_second: redriveRate });
export type RedriveOrder = z.output<typeof redriveOrder>;

/** An hour, then it goes on in the next attempt: the rate decides how long it takes. */
export const redriveDeadLetters = defineJob('jobs.redrive-dead-letters', redriveOrder, {
  queue: 'bulk',
  timeoutMs: 3_600_000,
  transactional: false,
  operation: true,
});
